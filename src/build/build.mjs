// Node 20 reads no TypeScript, and the build is TypeScript like the rest: it is bundled, then run.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Inside the project, so that packages resolve; named by process, so that two builds at once do not meet.
const script = `${root}dist/.build-${process.pid}.mjs`;

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/build/main.ts'],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  packages: 'external',
});
mkdirSync(`${root}dist`, { recursive: true });
try {
  writeFileSync(script, outputFiles[0].contents);
  const { runBuild } = await import(pathToFileURL(script).href);
  await runBuild(root, process.argv.slice(2));
} catch (error) {
  // What esbuild found wrong it has printed already.
  if (!Array.isArray(error.errors)) console.error(error.stdout || error.stack);
  process.exitCode = 1;
} finally {
  rmSync(script, { force: true });
}
