import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { parseVersion } from '../../src/domain/version.ts';
import { archive } from '../../src/operations/archive.ts';
import { demote } from '../../src/operations/demote.ts';
import { gc } from '../../src/operations/gc.ts';
import { history } from '../../src/operations/history.ts';
import { promote } from '../../src/operations/promote.ts';
import { resolve } from '../../src/operations/resolve.ts';
import { rollback } from '../../src/operations/rollback.ts';
import { stages } from '../../src/operations/stages.ts';
import { tombstone } from '../../src/operations/tombstone.ts';
import { verify } from '../../src/operations/verify.ts';
import { lmBundle, type RegistryRig, registryRig } from '../support/registry-rig.ts';

const failsWith = (code: ErrorCode) => expect.objectContaining({ code });

/** Registers v1.0.0, v1.1.0, ... */
async function withVersions(count: number): Promise<RegistryRig> {
  const rig = await registryRig();
  for (let minor = 0; minor < count; minor += 1) {
    await rig.register(rig.bundle(`b${minor}`, lmBundle(minor)), {
      version: { kind: 'as', version: parseVersion(`1.${minor}.0`) },
    });
  }
  return rig;
}

async function versionIn(rig: RegistryRig, stage: string): Promise<string | null> {
  return (await stages(rig.workspace, { model: 'm' })).stages.find((row) => row.stage === stage)?.version ?? null;
}

describe('promote', () => {
  test('moves up, archives the occupant, and resolves by stage', async () => {
    const rig = await withVersions(2);
    await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' });
    const moved = await promote(rig.workspace, { spec: 'm@v1.1.0', to: 'production' });
    expect(moved).toMatchObject({ version: 'v1.1.0', stage: 'production', from: 'development', changed: true });
    expect(moved.replaced).toBe((await resolve(rig.workspace, { spec: 'm@v1.0.0', allowTombstoned: false })).sha256);
    expect((await resolve(rig.workspace, { spec: 'm@production', allowTombstoned: false })).version).toBe('v1.1.0');
    expect(await promote(rig.workspace, { spec: 'm@v1.1.0', to: 'production' })).toMatchObject({ changed: false });
    expect((await verify(rig.workspace, { specs: [], weights: false })).ok).toBe(true);
  });

  test('gives a version and a slot in one transaction, one event each', async () => {
    const rig = await registryRig();
    const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)), { pending: true });
    const moved = await promote(rig.workspace, {
      spec: `m@${sha256.slice(0, 8)}`,
      version: { kind: 'bump', bump: 'patch' },
      to: 'staging',
    });
    expect(moved).toMatchObject({ version: 'v1.0.0', stage: 'staging' });
    const refs = rig.repository.git(['for-each-ref', '--format=%(refname)']).split('\n');
    expect(refs).toEqual([
      'refs/registry/log/m',
      'refs/registry/semver/m/v1.0.0',
      `refs/registry/sha/${sha256}`,
      'refs/registry/stage/m/staging',
    ]);
    expect(rig.repository.git(['rev-list', '--first-parent', '--count', 'refs/registry/log/m'])).toBe('4');
  });

  test('refuses what goes down, an unknown stage, a candidate without a version, a taken version', async () => {
    const rig = await withVersions(2);
    await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' });
    await expect(promote(rig.workspace, { spec: 'm@v1.0.0', to: 'staging' })).rejects.toEqual(
      failsWith('bad-transition'),
    );
    await expect(promote(rig.workspace, { spec: 'm@v1.0.0', to: 'prod' })).rejects.toEqual(failsWith('bad-stage'));
    const { sha256 } = await rig.register(rig.bundle('c', lmBundle(9)), { pending: true });
    await expect(promote(rig.workspace, { spec: `m@${sha256}`, to: 'staging' })).rejects.toEqual(
      failsWith('not-registered'),
    );
    const taken = { kind: 'as', version: parseVersion('1.0.0') } as const;
    await expect(promote(rig.workspace, { spec: `m@${sha256}`, version: taken })).rejects.toEqual(
      failsWith('version-taken'),
    );
  });

  test('refuses a candidate whose time is over, whether or not gc has said so', async () => {
    const rig = await registryRig();
    const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)), { pending: true });
    rig.pass(25 * 3_600_000);
    const version = { kind: 'as', version: parseVersion('1.0.0') } as const;
    await expect(promote(rig.workspace, { spec: `m@${sha256}`, version })).rejects.toEqual(
      failsWith('candidate-expired'),
    );
    expect((await gc(rig.workspace, { weights: false, dryRun: false })).expired).toHaveLength(1);
    expect(rig.repository.git(['for-each-ref', 'refs/registry/pending'])).toBe('');
    await expect(promote(rig.workspace, { spec: `m@${sha256}`, version })).rejects.toEqual(
      failsWith('candidate-expired'),
    );
    await rig.register(rig.bundle('a', lmBundle(1)), { pending: true });
    expect(await promote(rig.workspace, { spec: `m@${sha256}`, version })).toMatchObject({ version: 'v1.0.0' });
  });

  test('in a dry run says what would be, and writes nothing', async () => {
    const rig = await withVersions(1);
    const before = rig.repository.git(['for-each-ref']);
    expect(await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production', dryRun: true })).toMatchObject({
      stage: 'production',
      changed: true,
      dryRun: true,
    });
    expect(rig.repository.git(['for-each-ref'])).toBe(before);
  });
});

describe('demote and archive', () => {
  test('demote goes down, and takes an occupied slot only when told to', async () => {
    const rig = await withVersions(2);
    await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' });
    await promote(rig.workspace, { spec: 'm@v1.1.0', to: 'staging' });
    await expect(demote(rig.workspace, { spec: 'm@v1.0.0', to: 'staging', replace: false })).rejects.toEqual(
      failsWith('occupied'),
    );
    await expect(demote(rig.workspace, { spec: 'm@v1.1.0', to: 'production', replace: true })).rejects.toEqual(
      failsWith('bad-transition'),
    );
    expect(await demote(rig.workspace, { spec: 'm@v1.0.0', to: 'staging', replace: true })).toMatchObject({
      stage: 'staging',
      from: 'production',
    });
    expect(await versionIn(rig, 'production')).toBeNull();
    expect(await demote(rig.workspace, { spec: 'm@v1.0.0', to: 'development', replace: false })).toMatchObject({
      stage: 'development',
    });
  });

  test('archive empties the slot, once', async () => {
    const rig = await withVersions(1);
    await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' });
    expect(await archive(rig.workspace, { spec: 'm@v1.0.0' })).toMatchObject({
      stage: 'archived',
      from: 'production',
      changed: true,
    });
    expect(await archive(rig.workspace, { spec: 'm@v1.0.0' })).toMatchObject({ changed: false });
  });
});

describe('rollback', () => {
  test('goes back to the occupant before, then further, never to what was rolled back', async () => {
    const rig = await withVersions(3);
    for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0'])
      await promote(rig.workspace, { spec: `m@${version}`, to: 'production' });
    expect((await rollback(rig.workspace, { model: 'm' })).version).toBe('v1.1.0');
    expect((await rollback(rig.workspace, { model: 'm' })).version).toBe('v1.0.0');
    await expect(rollback(rig.workspace, { model: 'm' })).rejects.toEqual(failsWith('no-former-occupant'));
    expect((await rollback(rig.workspace, { model: 'm', to: 'v1.2.0' })).version).toBe('v1.2.0');
    const { moves } = await history(rig.workspace, { model: 'm', stage: 'production' });
    expect(moves.map(({ cause, version }) => `${cause} ${version}`)).toEqual([
      'rollback v1.2.0',
      'rollback v1.0.0',
      'rollback v1.1.0',
      'promote v1.2.0',
      'promote v1.1.0',
      'promote v1.0.0',
    ]);
  });

  test('to what never served there is refused', async () => {
    const rig = await withVersions(2);
    await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' });
    await expect(rollback(rig.workspace, { model: 'm', to: 'v1.1.0' })).rejects.toEqual(
      failsWith('no-former-occupant'),
    );
  });
});

describe('tombstone', () => {
  test('of an occupant is refused; after it the entry is refused to readers, its version burned', async () => {
    const rig = await withVersions(1);
    await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' });
    const bury = () => tombstone(rig.workspace, { spec: 'm@v1.0.0', reason: 'leak', purgeWeights: false });
    await expect(bury()).rejects.toEqual(failsWith('occupied'));
    await archive(rig.workspace, { spec: 'm@v1.0.0' });
    expect(await bury()).toMatchObject({ changed: true });
    expect(await bury()).toMatchObject({ changed: false });
    await expect(resolve(rig.workspace, { spec: 'm@v1.0.0', allowTombstoned: false })).rejects.toEqual(
      failsWith('tombstoned'),
    );
    expect((await resolve(rig.workspace, { spec: 'm@v1.0.0', allowTombstoned: true })).version).toBe('v1.0.0');
    await expect(resolve(rig.workspace, { spec: 'm@latest', allowTombstoned: false })).rejects.toEqual(
      failsWith('no-version'),
    );
    const other = rig.register(rig.bundle('z', lmBundle(99)), {
      version: { kind: 'as', version: parseVersion('1.0.0') },
    });
    await expect(other).rejects.toEqual(failsWith('version-taken'));
    expect((await verify(rig.workspace, { specs: [], weights: true })).ok).toBe(true);
  });

  test('purges the weights that no other entry refers to', async () => {
    const rig = await registryRig();
    await rig.register(rig.bundle('a', lmBundle(1)), { version: { kind: 'as', version: parseVersion('1.0.0') } });
    await rig.register(rig.bundle('b', lmBundle(1, { 'config.json': '{"x":1}' })), {
      version: { kind: 'as', version: parseVersion('1.1.0') },
    });
    expect(await tombstone(rig.workspace, { spec: 'm@v1.0.0', reason: 'x', purgeWeights: true })).toMatchObject({
      purged: [],
      kept: [expect.any(String)],
    });
    expect(await tombstone(rig.workspace, { spec: 'm@v1.1.0', reason: 'x', purgeWeights: true })).toMatchObject({
      purged: [expect.any(String)],
      kept: [],
    });
    const { sha256 } =
      (
        await rig.register(rig.bundle('b', lmBundle(1, { 'config.json': '{"x":1}' })), { dryRun: true, model: 'n' })
      ).manifest.files.find(({ store }) => store === 'cache') ?? {};
    expect(
      existsSync(
        join(rig.repository.gitDir, 'registry/cache/files/sha256', sha256?.slice(0, 2) ?? '', sha256?.slice(2) ?? ''),
      ),
    ).toBe(false);
    expect((await verify(rig.workspace, { specs: [], weights: true })).ok).toBe(true);
  });
});

describe('gc --weights', () => {
  /** Gives the cached bytes the time of the registry's clock, which is not the machine's. */
  function dateWeights({ repository, workspace }: RegistryRig): void {
    const now = new Date(workspace.clock.now());
    const items = readdirSync(join(repository.gitDir, 'registry/cache/files'), {
      recursive: true,
      withFileTypes: true,
    });
    for (const item of items) if (item.isFile()) utimesSync(join(item.parentPath, item.name), now, now);
  }

  test('removes what nothing refers to, after 14 days, and never what once served', async () => {
    const rig = await registryRig();
    await rig.register(rig.bundle('a', lmBundle(1)), { version: { kind: 'as', version: parseVersion('1.0.0') } });
    await rig.register(rig.bundle('b', lmBundle(2)), { pending: true });
    dateWeights(rig);
    rig.pass(13 * 86_400_000);
    const first = await gc(rig.workspace, { weights: true, dryRun: false });
    expect(first).toMatchObject({ expired: [expect.anything()], removed: [] });
    expect(first.young).toBeGreaterThan(0);
    rig.pass(86_400_000);
    expect((await gc(rig.workspace, { weights: true, dryRun: true })).removed).toHaveLength(1);
    expect((await gc(rig.workspace, { weights: true, dryRun: false })).removed).toHaveLength(1);
    expect((await gc(rig.workspace, { weights: true, dryRun: false })).removed).toHaveLength(0);
    expect((await verify(rig.workspace, { specs: ['m@v1.0.0'], weights: true })).ok).toBe(true);
  });
});
