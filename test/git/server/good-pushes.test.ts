/** What an honest team does with a server that has our hooks: everything lands. */
import { describe, expect, test } from 'vitest';
import { cliRegistryAt, sharedCliRegistry } from '../../support/cli-registry.ts';
import { lmBundle } from '../../support/registry-rig.ts';
import { copyRig, refsOf, type ServerRig, serverBeside } from '../../support/server-rig.ts';

const registry = sharedCliRegistry();
const EVERYTHING = 'refs/registry/*:refs/registry/*';
const lm = (seed: number): string => registry.bundle(`lm-${seed}`, lmBundle(seed));

serverBeside(registry);
registry.must('register', lm(1), '--model', 'm', '--as', '1.0.0');
registry.must('register', lm(2), '--model', 'm', '--as', '1.1.0');
const candidate = String(registry.must('register', lm(3), '--model', 'm', '--pending')['sha256']);
registry.must('promote', 'm@v1.0.0', '--to', 'production');
registry.must('register', lm(4), '--model', 'child', '--parent', 'm@v1.0.0', '--as', '1.0.0');
registry.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'code']);

/** A copy whose server has everything, and its client as a registry. */
function published(): { readonly rig: ServerRig; readonly client: ReturnType<typeof cliRegistryAt> } {
  const rig = copyRig(registry);
  rig.client.git(['push', '--quiet', rig.server.folder, EVERYTHING]);
  return { rig, client: cliRegistryAt(rig.client) };
}

function expectSame(rig: ServerRig): void {
  const [server, client] = [rig.refs(), refsOf(rig.client)];
  expect([...server].filter(([name]) => name.startsWith('refs/registry/'))).toEqual(
    [...client].filter(([name]) => name.startsWith('refs/registry/')),
  );
}

describe('a whole registry', () => {
  for (const options of [[], ['--atomic'], ['--force']]) {
    test(`arrives in one plain push ${options.join(' ')}`, () => {
      const rig = copyRig(registry);
      const { exitCode, stderr } = rig.push([EVERYTHING, 'HEAD:refs/heads/main'], ...options);
      expect(stderr).not.toContain('error');
      expect(exitCode).toBe(0);
      expect(rig.refs()).toEqual(refsOf(rig.client));
    });
  }

  test('arrives log first and views later, views before their log in one push, and by --mirror', () => {
    const later = copyRig(registry);
    expect(later.push(['refs/registry/log/*:refs/registry/log/*']).exitCode).toBe(0);
    expect(later.push([EVERYTHING]).exitCode).toBe(0);
    expectSame(later);
    const mixed = copyRig(registry);
    const names = ['semver/m/v1.0.0', 'log/m'].map((name) => `refs/registry/${name}:refs/registry/${name}`);
    expect(mixed.push(names, '--atomic').exitCode).toBe(0);
    const mirror = copyRig(registry);
    expect(mirror.push([], '--mirror').exitCode).toBe(0);
    expectSame(mirror);
  });
});

test('an entry is taken when the log that registers its parent is there or comes along', () => {
  const rig = copyRig(registry);
  const [child, parent] = ['child', 'm'].map((model) => `refs/registry/log/${model}:refs/registry/log/${model}`);
  const early = rig.push([child ?? '']);
  expect(early.stderr).toContain('(parent-unregistered)');
  expect(rig.refs().size).toBe(0);
  expect(rig.push([child ?? '', parent ?? '']).exitCode).toBe(0);
  expect(rig.push([EVERYTHING]).exitCode).toBe(0);
  expectSame(rig);
});

test('candidates and stages go when the log says so', () => {
  const { rig, client } = published();
  client.must('promote', candidate, '--as', '1.2.0', '--to', 'staging');
  client.must('demote', 'm@v1.0.0', '--to', 'development');
  const gone = [`refs/registry/pending/m/${candidate}`, 'refs/registry/stage/m/production'];
  for (const name of gone) expect(rig.refs().has(name)).toBe(true);
  const { exitCode, stderr } = rig.push([EVERYTHING, ...gone.map((name) => `:${name}`)], '--atomic', '--force');
  expect(stderr).not.toContain('error');
  expect(exitCode).toBe(0);
  for (const name of gone) expect(rig.refs().has(name)).toBe(false);
});

test('a stage moves forward and back, a tombstone and an alias arrive', () => {
  const { rig, client } = published();
  for (const words of [
    ['promote', 'm@v1.1.0', '--to', 'production'],
    ['rollback', 'm', '--to', 'v1.0.0'],
    ['tombstone', 'm@v1.1.0', '--reason', 'leaked'],
    ['annotate', 'm@v1.0.0', 'note=x'],
  ]) {
    client.must(...words);
    expect(rig.push([EVERYTHING], '--force').stderr).not.toContain('error');
    expectSame(rig);
  }
});

test('a log that a server had before its hooks came is taken as it is', () => {
  const { rig, client } = published();
  client.must('register', registry.bundle('after', lmBundle(9)), '--model', 'm', '--as', '3.0.0');
  rig.server.git(['update-ref', '-d', 'refs/registry/semver/m/v1.0.0']);
  expect(rig.push([EVERYTHING]).exitCode).toBe(0);
  expectSame(rig);
});
