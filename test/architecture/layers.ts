/** Rules on what may import what (architecture §1). */
import type { SourceFile } from './source-file.ts';

/** Layers that each layer may import besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  schema: ['domain'],
  ports: ['domain'],
  operations: ['domain', 'schema', 'ports'],
  git: ['domain', 'schema', 'ports'],
  weights: ['domain', 'schema', 'ports'],
  gates: ['domain', 'schema', 'ports'],
  interop: ['domain', 'schema', 'ports'],
  http: ['domain', 'schema', 'ports', 'operations'],
  cli: ['domain', 'schema', 'ports', 'operations'],
  demo: ['domain', 'operations', 'cli'],
  build: ['domain', 'cli'],
};

/** Files that may import more than their layer, and the layers that each may import then. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  // The only place where adapters meet operations.
  'src/cli/compose.ts': ['domain', 'schema', 'ports', 'operations', 'git', 'weights', 'gates', 'interop', 'http'],
  // The short way of `resolve`: composing the whole would cost more than the answer.
  'src/cli/fast-resolve.ts': ['domain', 'git'],
  'src/cli/fast-default-model.ts': ['git'],
  // The library, which lies above all layers.
  'src/index.ts': ['domain', 'ports', 'operations', 'cli'],
};

/** Layers that know nothing of the machine: neither Node's modules nor its globals. What they need comes by a port. */
const PURE = new Set(['domain', 'schema', 'ports', 'operations']);

/** The packages that the program is made of, and the layers that may import each (architecture §3). Others: none. */
const ENGINES: Readonly<Record<string, readonly string[]>> = {
  '@noble/hashes': ['domain'],
  semver: ['domain'],
  'isomorphic-git': ['git'],
  execa: ['git', 'weights', 'gates', 'demo'],
  yargs: ['cli'],
  yaml: ['schema', 'git', 'weights', 'interop'],
  ignore: ['weights'],
  '@aws-sdk/client-s3': ['weights'],
  '@smithy/node-http-handler': ['weights'],
  ajv: ['build'],
  esbuild: ['build'],
};

const IMPURE_MEMBERS: Readonly<Record<string, ReadonlySet<string> | 'all'>> = {
  process: 'all',
  console: 'all',
  performance: 'all',
  Buffer: 'all',
  crypto: 'all',
  Date: new Set(['now']),
  Math: new Set(['random']),
};

function layerOf(target: string): string {
  return target.split('/')[1] ?? '';
}

/** Returns each import that goes against the arrows. */
export function forbiddenArrows(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, layer, imports }) => {
    const allowed = EXCEPTIONS[path] ?? ARROWS[layer];
    if (allowed === undefined) return [`${path} lies in no layer`];
    return imports
      .filter((target) => target.startsWith('src/') && layerOf(target) !== layer)
      .filter((target) => !allowed.includes(layerOf(target)))
      .map((target) => `${path} imports ${target}`);
  });
}

/** Returns each import of a package or of a Node module by a layer that may not have it. */
export function forbiddenModules(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, layer, imports }) =>
    imports
      .filter((target) => !target.startsWith('src/') && !target.endsWith('.json'))
      .filter((target) => {
        // The demo asks the model that the fixtures train; nothing else of the program knows them.
        if (target.startsWith('fixtures/')) return layer !== 'demo';
        if (target.startsWith('node:')) return PURE.has(layer);
        const name = target
          .split('/')
          .slice(0, target.startsWith('@') ? 2 : 1)
          .join('/');
        return !(ENGINES[name] ?? []).includes(layer);
      })
      .map((target) => `${path} imports ${target}`),
  );
}

/** Returns each use of a clock, of randomness or of the process by a layer that is pure. */
export function impureGlobals(sources: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const { path, layer, nodes } of sources) {
    if (!PURE.has(layer)) continue;
    for (const node of nodes) {
      const { name } = (node['object'] ?? node['callee'] ?? {}) as { readonly name?: string };
      if (name === undefined) continue;
      const members = Object.hasOwn(IMPURE_MEMBERS, name) ? IMPURE_MEMBERS[name] : undefined;
      const member = (node['property'] as { readonly name?: string } | undefined)?.name ?? '';
      if (node.type === 'MemberExpression' && (members === 'all' || members?.has(member)))
        found.push(`${path} uses ${name}.${member}`);
      const isNow =
        node.type === 'NewExpression' && name === 'Date' && (node['arguments'] as readonly unknown[]).length === 0;
      if (isNow) found.push(`${path} uses new Date()`);
    }
  }
  return found;
}

/** Returns each ring of files that import each other, as the path around it. */
export function importCycles(sources: readonly SourceFile[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const target of byPath.get(path)?.imports ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return cycles;
}
