/** A registry under attack: what its server has, what its client has besides, and how an attack has to end. */
import { expect } from 'vitest';
import { sharedCliRegistry } from './cli-registry.ts';
import { lmBundle } from './registry-rig.ts';
import { copyRig, refsOf, type ServerRig, serverBeside } from './server-rig.ts';

/** Refspec of the whole registry. */
export const EVERYTHING = 'refs/registry/*:refs/registry/*';

/** The log that is attacked. */
export const LOG = 'refs/registry/log/m';

/** SHAs and refs of the registry. `third` is on the client alone. */
export interface Attacked {
  readonly first: string;
  readonly second: string;
  readonly third: string;
  readonly candidate: string;
  readonly refOf: Readonly<
    Record<'first' | 'second' | 'third' | 'v1' | 'v2' | 'stage' | 'pending' | 'tombstone', string>
  >;
  /** A copy for one test. */
  copy(): ServerRig;
  /** Writes a bundle and returns its folder. */
  bundle(name: string, seed: number): string;
  /** Pushes bad refs beside a good branch; then the honest client pushes what it has. */
  attack(rig: ServerRig, refspecs: readonly string[], rule: RegExp): void;
}

/** Makes it, once for a file. Called outside of tests. */
export function attackedRegistry(): Attacked {
  const registry = sharedCliRegistry();
  serverBeside(registry);
  const bundle = (name: string, seed: number): string => registry.bundle(name, lmBundle(seed));
  const register = (seed: number, ...words: readonly string[]): string =>
    String(registry.must('register', bundle(`bundle-${seed}`, seed), '--model', 'm', ...words)['sha256']);
  const first = register(1, '--as', '1.0.0');
  const second = register(2, '--as', '1.1.0');
  const candidate = register(3, '--pending');
  const buried = register(4, '--as', '0.9.0');
  registry.must('tombstone', 'm@v0.9.0', '--reason', 'leaked');
  registry.must('promote', 'm@v1.0.0', '--to', 'production');
  registry.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'code']);
  registry.repository.git(['push', '--quiet', '../server', EVERYTHING, 'HEAD:refs/heads/main']);
  // What only the client has: the attacker starts from it, and the honest one pushes it afterwards.
  const third = register(5, '--as', '2.0.0');
  const refOf = {
    first: `refs/registry/sha/${first}`,
    second: `refs/registry/sha/${second}`,
    third: `refs/registry/sha/${third}`,
    v1: 'refs/registry/semver/m/v1.0.0',
    v2: 'refs/registry/semver/m/v2.0.0',
    stage: 'refs/registry/stage/m/production',
    pending: `refs/registry/pending/m/${candidate}`,
    tombstone: `refs/registry/tombstone/m/${buried}`,
  };
  const copy = (): ServerRig => copyRig(registry);
  const attack: Attacked['attack'] = (rig, refspecs, rule) => expectRefused(rig, copy(), refspecs, rule);
  return { first, second, third, candidate, refOf, copy, bundle, attack };
}

function expectRefused(rig: ServerRig, honest: ServerRig, refspecs: readonly string[], rule: RegExp): void {
  const before = new Map(rig.refs());
  const good = 'refs/heads/good';
  const { exitCode, stderr, refs } = rig.push([...refspecs, `HEAD:${good}`], '--force');
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(rule);
  const bad = [...refs].filter(([name]) => name !== good);
  expect(bad.length).toBeGreaterThan(0);
  for (const [name, said] of bad) expect(`${name} ${said}`).toContain('hook declined');
  expect(refs.get(good)).toBe('ok');
  before.set(good, rig.client.git(['rev-parse', 'HEAD']));
  expect(rig.refs()).toEqual(before);
  const landed = rig.pushFrom(honest.client, [EVERYTHING]);
  expect(landed.stderr).not.toContain('error');
  expect(registryRefs(rig.refs())).toEqual(registryRefs(refsOf(honest.client)));
}

function registryRefs(refs: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...refs].filter(([name]) => name.startsWith('refs/registry/'));
}
