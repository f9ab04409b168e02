/**
 * Sources to what runs. All packages are bundled, so that a command reads a few files instead of hundreds (measured:
 * 194 ms unbundled, 77 in one bundle, 21-52 split by command) and an installation needs no other package.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { collectNotices } from './notices.ts';
import { writeOutput } from './write-output.ts';

/** The program and the library. They share chunks; what a command does not use is not loaded. */
const PUBLISHED = { cli: 'src/cli/main.ts', index: 'src/index.ts' };

/** What `--version` and `resolve` need, in one CommonJS file: Node starts that 4 ms sooner than an ES module. */
const FAST = { fast: 'src/cli/fast.ts' };

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
  const [published, development, fast] = await Promise.all([
    bundle(root, PUBLISHED, MODULES),
    bundle(root, present(root, DEVELOPMENT), { ...MODULES, chunkNames: 'dev/chunks/[name]-[hash]' }),
    bundle(root, FAST, { ...SHARED, format: 'cjs', outExtension: { '.js': '.cjs' } }),
  ]);
  const notices = await collectNotices(root, [published[1], fast[1]]);
  return [
    ...published[0],
    ...development[0],
    ...fast[0],
    await writeOutput(path.join(root, 'dist/THIRD-PARTY.txt'), notices),
  ];
}
