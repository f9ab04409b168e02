/**
 * Sources to what runs. All packages are bundled, so that a command reads a few files instead of hundreds, and an
 * installation needs no other package. The program is CommonJS, its large packages beside it: Node reads and compiles
 * those files in half the time that it takes to link the fifty ES modules that a command would be split into.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { APART, keepApart } from './keep-apart.ts';
import { collectNotices } from './notices.ts';
import { writeOutput } from './write-output.ts';

/** The library, with the chunks that it loads on demand. */
const LIBRARY = { index: 'src/index.ts' };

/** What `--version` and `resolve` need, and the whole program. */
const PROGRAM = { fast: 'src/cli/fast.ts', 'cli/load': 'src/cli/load-program.ts', 'cli/main': 'src/cli/main.ts' };

/** What only a checkout runs. */
const DEVELOPMENT = {
  'dev/demo': 'src/demo/main.ts',
  'dev/bench': 'test/bench/main.ts',
  'dev/fixtures': 'fixtures/grammar-tutor/train/cli.ts',
};

const SHARED = {
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

const MODULES = {
  ...SHARED,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS packages call `require`, which ES modules lack; under a name of its own, since packages import createRequire too.
  banner: {
    js: `import{createRequire as __bundleRequire}from'node:module';const require=__bundleRequire(import.meta.url);`,
  },
} as const satisfies BuildOptions;

const COMMONJS = {
  ...SHARED,
  format: 'cjs',
  // Code that V8 compiled earlier cannot import (Node loses the callback): it requires, which is all that is needed.
  supported: { 'dynamic-import': false },
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.url': '__bundleUrl' },
  banner: { js: `const __bundleUrl=require('node:url').pathToFileURL(__filename).href;` },
} as const satisfies BuildOptions;

/** Returns the entry points whose sources are there. */
function present(root: string, entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(path.join(root, source))));
}

async function bundle(
  root: string,
  entryPoints: Record<string, string>,
  options: BuildOptions,
): Promise<[string[], Metafile]> {
  const { outputFiles = [], metafile } = await build({
    ...options,
    absWorkingDir: root,
    outdir: path.join(root, 'dist'),
    entryPoints,
  });
  const written = outputFiles.map((output) => writeOutput(output.path, output.contents));
  // SAFETY: `metafile: true` is in SHARED.
  return [await Promise.all(written), metafile as Metafile];
}

/** Bundles everything into `dist`. Returns the paths of the files written. */
export async function bundleProgram(root: string): Promise<string[]> {
  const [library, development, program, apart] = await Promise.all([
    bundle(root, LIBRARY, MODULES),
    bundle(root, present(root, DEVELOPMENT), { ...MODULES, chunkNames: 'dev/chunks/[name]-[hash]' }),
    bundle(root, PROGRAM, { ...COMMONJS, plugins: [keepApart()] }),
    bundle(root, APART, COMMONJS),
  ]);
  const notices = await collectNotices(root, [library[1], program[1], apart[1]]);
  return [
    ...library[0],
    ...development[0],
    ...program[0],
    ...apart[0],
    await writeOutput(path.join(root, 'dist/THIRD-PARTY.txt'), notices),
  ];
}
