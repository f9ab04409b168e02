/**
 * Keeps what few commands need out of the program's one file: Node compiles a file whole, 25 ms a megabyte, whatever runs
 * of it. Each is a file beside it that is read when the module that imports it first runs.
 */
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** Files of `dist`, and what each is made from: a package, or a generated validator. */
export const APART: Readonly<Record<string, string>> = {
  'cli/execa': 'execa',
  'cli/yaml': 'yaml',
  'cli/yargs': 'yargs',
  'cli/aws-sdk': 'src/weights/remotes/aws-sdk.ts',
  'cli/server-refs': 'src/git/git-remote/server-refs.ts',
  'cli/event': 'src/schema/compiled/event.js',
  'cli/registry-yaml': 'src/schema/compiled/registry-yaml.js',
};

const NAMESPACE = 'apart';

/** Replaces imports of what is apart by a `require` of its file, `default` as ES modules mean it. */
export function keepApart(): Plugin {
  const files = new Map(Object.entries(APART).map(([file, source]) => [source, `./${path.basename(file)}.cjs`]));
  return {
    name: 'keep-apart',
    setup(build) {
      const root = build.initialOptions.absWorkingDir ?? '';
      build.onResolve(
        { filter: /^(execa|yaml|yargs)$|\/compiled\/(?:event|registry-yaml)\.js$|\/(?:aws-sdk|server-refs)\.ts$/ },
        ({ path: wanted, resolveDir, namespace }) => {
          if (namespace === NAMESPACE) return undefined;
          const source = wanted.startsWith('.') ? path.relative(root, path.join(resolveDir, wanted)) : wanted;
          const file = files.get(source.replaceAll(path.sep, '/'));
          return file === undefined ? undefined : { path: file, namespace: NAMESPACE, sideEffects: false };
        },
      );
      // A file of no package: one in a package of type "module" would take all of `module.exports` for the default.
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path: file }) => ({
        contents: `export * from '${file}';export{default}from'${file}';`,
      }));
      build.onResolve({ filter: /.*/, namespace: NAMESPACE }, ({ path: file }) => ({ path: file, external: true }));
    },
  };
}
