// What npm runs as `prepare`. Under `npm install --global git+URL`, which is how pre-commit installs a hook, npm hands its
// `global` on to the installation that should fetch the development packages, and so fetches none: that is made up for here.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function hasPackages() {
  try {
    createRequire(import.meta.url).resolve('esbuild');
    return true;
  } catch {
    return false;
  }
}

function fetchPackages() {
  const npm = process.env.npm_execpath;
  const words = [
    'ci',
    '--global=false',
    '--include=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { status } = spawnSync(process.execPath, [npm, ...words], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status === 0;
}

if (process.env.npm_execpath === undefined || hasPackages() || fetchPackages()) {
  process.argv.push('--release');
  await import('./build.mjs');
} else {
  process.exitCode = 1;
}
