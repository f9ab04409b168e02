import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { parseVersion } from '../../src/domain/version.ts';
import { cat } from '../../src/operations/cat.ts';
import { history } from '../../src/operations/history.ts';
import { lineage } from '../../src/operations/lineage.ts';
import { listEntries } from '../../src/operations/list-entries.ts';
import { listModels } from '../../src/operations/list-models.ts';
import { type LogRow, log } from '../../src/operations/log.ts';
import { pastWorkspace } from '../../src/operations/past-workspace.ts';
import { promote } from '../../src/operations/promote.ts';
import { resolve } from '../../src/operations/resolve.ts';
import { rollback } from '../../src/operations/rollback.ts';
import { show } from '../../src/operations/show.ts';
import { stages } from '../../src/operations/stages.ts';
import { tags } from '../../src/operations/tags.ts';
import { tombstone } from '../../src/operations/tombstone.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { lmBundle, type RegistryRig, registryRig } from '../support/registry-rig.ts';

const failsWith = (code: ErrorCode) => expect.objectContaining({ code });

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function eventsOf(rig: RegistryRig, model = 'm'): Promise<readonly LogRow[]> {
  return collect(log(rig.workspace, { model, all: false }));
}

/** Everything that the reading verbs say of model `m`, but what depends on the instant of asking. */
async function readAll(workspace: Workspace): Promise<unknown> {
  const entries = await listEntries(workspace, { model: 'm', pending: false, all: true, limit: 0 });
  return {
    entries,
    models: await listModels(workspace, { all: true }),
    stages: await stages(workspace, { model: 'm' }),
    history: await history(workspace, { model: 'm' }),
    tags: await tags(workspace, {}),
    events: (await collect(log(workspace, { model: 'm', all: false }))).length,
    shown: await Promise.all(entries.entries.map(({ sha256 }) => show(workspace, { spec: `m@${sha256}` }))),
    bySha: await Promise.all(
      entries.entries.map(({ sha256 }) => resolve(workspace, { spec: sha256.slice(0, 12), allowTombstoned: true })),
    ),
  };
}

function version(text: string): { readonly kind: 'as'; readonly version: ReturnType<typeof parseVersion> } {
  return { kind: 'as', version: parseVersion(text) };
}

/** A life of two entries: each step, and what every reading verb said right after it. */
async function recordLife(rig: RegistryRig): Promise<readonly unknown[]> {
  const said: unknown[] = [];
  const steps = [
    () => rig.register(rig.bundle('a', lmBundle(1)), { version: version('1.0.0') }),
    () => promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' }),
    () => rig.register(rig.bundle('b', lmBundle(2)), { version: version('1.1.0') }),
    () => promote(rig.workspace, { spec: 'm@v1.1.0', to: 'staging' }),
    () => promote(rig.workspace, { spec: 'm@v1.1.0', to: 'production' }),
    () => rollback(rig.workspace, { model: 'm' }),
    () => tombstone(rig.workspace, { spec: 'm@v1.1.0', reason: 'leaks', purgeWeights: false }),
  ];
  for (const step of steps) {
    await step();
    said.push(await readAll(rig.workspace));
    rig.pass(3_600_000);
  }
  return said;
}

describe('the registry as it was', () => {
  test('every reading verb says what it said right after that event, and what it says now is the same as before', async () => {
    const rig = await registryRig();
    const said = await recordLife(rig);
    const events = await eventsOf(rig);
    // The first step made the model and registered.
    const after = events.slice(1);
    expect(after).toHaveLength(said.length);
    for (const [index, row] of after.entries()) {
      for (const name of [row.event.id, row.digest.slice(0, 12), row.event.at]) {
        expect(await readAll(await pastWorkspace(rig.workspace, name)), `${index} by ${name}`).toEqual(said[index]);
      }
    }
    expect(await readAll(rig.workspace)).toEqual(said.at(-1));
    expect(await readAll(await rig.reopen())).toEqual(said.at(-1));
  });

  test('nothing is written, not even a cached fold', async () => {
    const rig = await registryRig();
    await recordLife(rig);
    const folder = join(rig.repository.gitDir, 'registry', 'fold');
    const files = (): readonly string[] =>
      readdirSync(folder).map((name) => `${name} ${readFileSync(join(folder, name), 'latin1')}`);
    const [before, refs] = [files(), rig.repository.git(['for-each-ref'])];
    const [, row] = await eventsOf(rig);
    await readAll(await pastWorkspace(await rig.reopen(), row?.event.id ?? ''));
    expect(files()).toEqual(before);
    expect(rig.repository.git(['for-each-ref'])).toBe(refs);
    rmSync(folder, { recursive: true });
    await readAll(await pastWorkspace(await rig.reopen(), row?.event.at ?? ''));
    expect(() => readdirSync(folder)).toThrow();
    await expect(
      promote(await pastWorkspace(rig.workspace, row?.event.id ?? ''), { spec: 'm@v1.0.0', to: 'staging' }),
    ).rejects.toEqual(failsWith('bug'));
  });

  test('where the clock went back, the prefix ends before the first event that is later', async () => {
    const rig = await registryRig();
    await rig.register(rig.bundle('a', lmBundle(1)), { version: version('1.0.0') });
    const then = new Date(rig.workspace.clock.now()).toISOString();
    rig.pass(7_200_000);
    await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'staging' });
    rig.pass(-10_800_000);
    await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' });
    const events = await eventsOf(rig);
    expect((events.at(-1)?.event.at ?? '') < then).toBe(true);
    const past = await pastWorkspace(rig.workspace, then);
    expect((await show(past, { spec: 'm@v1.0.0' })).stage).toBe('development');
    const byEvent = await pastWorkspace(rig.workspace, events.at(-1)?.event.id ?? '');
    expect((await show(byEvent, { spec: 'm@v1.0.0' })).stage).toBe('production');
  });

  test('an event ends its own log; in the others its time counts', async () => {
    const rig = await registryRig();
    await rig.register(rig.bundle('a', lmBundle(1)), { version: version('1.0.0') });
    await rig.register(rig.bundle('b', lmBundle(2)), { version: version('1.0.0'), model: 'n' });
    await promote(rig.workspace, { spec: 'n@v1.0.0', to: 'production' });
    const [, registered] = await eventsOf(rig, 'n');
    await rig.register(rig.bundle('c', lmBundle(3)), { version: version('2.0.0') });
    await rig.register(rig.bundle('d', lmBundle(4)), { version: version('1.0.0'), model: 'o' });
    const past = await pastWorkspace(rig.workspace, registered?.digest ?? '');
    expect(await tags(past, {})).toEqual({
      m: { 'v1.0.0': expect.any(String) },
      n: { 'v1.0.0': expect.any(String) },
    });
    await expect(resolve(past, { spec: 'n@production', allowTombstoned: false })).rejects.toEqual(
      failsWith('unknown-spec'),
    );
    await expect(resolve(past, { spec: 'o@latest', allowTombstoned: false })).rejects.toEqual(
      failsWith('unknown-model'),
    );
    expect((await listModels(past, { all: true })).models.map(({ model }) => model)).toEqual(['m', 'n']);
  });

  test('an entry of later is unknown by its SHA, and no descendant yet', async () => {
    const rig = await registryRig();
    const parent = await rig.register(rig.bundle('a', lmBundle(1)), { version: version('1.0.0') });
    const then = new Date(rig.workspace.clock.now()).toISOString();
    const child = await rig.register(rig.bundle('b', lmBundle(2)), {
      version: version('1.1.0'),
      parents: [parent.sha256],
    });
    const walk = { spec: parent.sha256, direction: 'down', depth: Number.POSITIVE_INFINITY } as const;
    expect((await lineage(rig.workspace, walk)).nodes.map(({ sha256 }) => sha256)).toContain(child.sha256);
    const past = await pastWorkspace(rig.workspace, then);
    expect((await lineage(past, walk)).nodes.map(({ sha256 }) => sha256)).toEqual([parent.sha256]);
    await expect(show(past, { spec: child.sha256.slice(0, 10) })).rejects.toEqual(failsWith('unknown-spec'));
  });

  test('a candidate that has expired since was none then', async () => {
    const rig = await registryRig();
    const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)), { pending: true });
    const then = new Date(rig.workspace.clock.now()).toISOString();
    rig.pass(48 * 3_600_000);
    expect((await show(rig.workspace, { spec: sha256 })).status).toBe('expired');
    expect((await show(await pastWorkspace(rig.workspace, then), { spec: sha256 })).status).toBe('pending');
  });

  test('bytes of what has a tombstone now are refused, whenever it was good', async () => {
    const rig = await registryRig();
    await rig.register(rig.bundle('a', lmBundle(1)), { version: version('1.0.0') });
    const then = new Date(rig.workspace.clock.now()).toISOString();
    await tombstone(rig.workspace, { spec: 'm@v1.0.0', reason: 'backdoored', purgeWeights: false });
    const past = await pastWorkspace(rig.workspace, then);
    expect((await resolve(past, { spec: 'm@v1.0.0', allowTombstoned: false })).version).toBe('v1.0.0');
    const file = { spec: 'm@v1.0.0', path: 'config.json' };
    await expect(cat(past, { ...file, allowTombstoned: false })).rejects.toEqual(failsWith('tombstoned'));
    expect((await cat(past, { ...file, allowTombstoned: true })).file.path).toBe('config.json');
  });

  test('an event that no log has is refused', async () => {
    const rig = await registryRig();
    await rig.register(rig.bundle('a', lmBundle(1)));
    await expect(pastWorkspace(rig.workspace, '0'.repeat(64))).rejects.toEqual(failsWith('unknown-event'));
    await expect(pastWorkspace(rig.workspace, '019b8d2f-6a40-7000-8000-000000000001')).rejects.toEqual(
      failsWith('unknown-event'),
    );
  });
});
