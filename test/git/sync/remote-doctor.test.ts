/** What the doctor says of a remote (format §5), in a folder and over HTTP, and that it leaves nothing there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { RegistryError } from '../../../src/domain/errors.ts';
import { push } from '../../../src/operations/push.ts';
import { type DoctorResult, remoteDoctor } from '../../../src/operations/remote-doctor.ts';
import { serverHookText } from '../../../src/operations/server-hook-text.ts';
import { LAUNCHER } from '../../support/cli.ts';
import { httpGitServer } from '../../support/http-git-server.ts';
import { writeServerHooks } from '../../support/server-rig.ts';
import { type SyncClone, type SyncRig, syncRig } from '../../support/sync-rig.ts';

const ALL = { words: [] };
const KINDS = ['semver', 'tombstone', 'stage', 'pending', 'sha', 'log'];

/** A remote with a registry in it, and somebody who examines it; nothing of it may be another afterwards. */
async function patient(over: 'folder' | 'http' = 'folder') {
  const rig = syncRig();
  rig.remote.git(['config', 'http.receivepack', 'true']);
  const server = over === 'http' ? await httpGitServer(dirname(rig.remote.folder), rig.remote.environment) : undefined;
  const ada = await rig.clone('ada', server?.url('remote.git'));
  await ada.register(1);
  await push(ada.workspace, ALL);
  const examine = async (): Promise<DoctorResult> => {
    const before = refsOf(rig);
    const result = await remoteDoctor(ada.workspace, ALL);
    expect(refsOf(rig).filter((line) => !result.left.some((name) => line.startsWith(name)))).toEqual(before);
    return result;
  };
  return { rig, server, examine };
}

function refsOf({ remote }: SyncRig): readonly string[] {
  return remote.git(['for-each-ref', '--format=%(refname) %(objectname)']).split('\n');
}

function readRefs(folder: string, { repository }: SyncClone): string {
  return repository.git([`--git-dir=${folder}`, 'for-each-ref', '--format=%(refname)']);
}

function hook({ remote }: SyncRig, name: 'update' | 'pre-receive' | 'post-receive', text: string): void {
  mkdirSync(join(remote.folder, 'hooks'), { recursive: true });
  writeFileSync(join(remote.folder, 'hooks', name), text, { mode: 0o755 });
}

/** Of each action, the kinds of ref that it was accepted for. */
function accepted({ probes }: DoctorResult): Readonly<Record<string, readonly string[]>> {
  const of = (action: 'create' | 'move' | 'delete') =>
    probes.filter((probe) => probe[action] === 'accepted').map(({ ref }) => ref);
  return { create: of('create'), move: of('move'), delete: of('delete') };
}

test.each(['folder', 'http'] as const)('a host without hooks only lets damage be detected (%s)', async (over) => {
  const { examine } = await patient(over);
  const result = await examine();
  expect(result).toMatchObject({ label: 'detect-only', left: [] });
  expect(result.lacks).toEqual(['unlogged-refs-refused', 'moves-refused', 'deletes-refused']);
  expect(accepted(result)).toEqual({ create: KINDS, move: KINDS.slice(0, 4), delete: KINDS });
});

test.each(['folder', 'http'] as const)('with the hooks of this program a host enforces (%s)', async (over) => {
  const { rig, examine } = await patient(over);
  writeServerHooks(rig.remote);
  const result = await examine();
  expect(accepted(result)).toEqual({ create: [], move: [], delete: [] });
  expect(result).toMatchObject({ label: 'enforcing', lacks: [], left: [] });
  expect(result.probes.map(({ create }) => create)).toEqual(KINDS.map(() => 'refused'));
  // Of what a hook says, that which is about the ref itself.
  for (const { ref, message } of result.probes)
    expect(message).toMatch(new RegExp(`\nremote: error: refs/registry/${ref}/\\S+ refused: .*\\(\\S+\\)\n`));
  expect(JSON.stringify(result)).not.toContain('/probe');
});

test('so it does with the hook that is printed for forges', async () => {
  const { rig, examine } = await patient();
  hook(rig, 'pre-receive', serverHookText('alone', { node: process.execPath, program: LAUNCHER }));
  expect(await examine()).toMatchObject({ label: 'enforcing', lacks: [], left: [] });
});

test('a hook that protects versions alone does not make a host enforce, and what it takes is named', async () => {
  const { rig, examine } = await patient();
  hook(rig, 'update', '#!/bin/sh\ncase $1 in refs/registry/semver/*) exit 1;; esac\n');
  const result = await examine();
  expect(result).toMatchObject({ label: 'detect-only', left: [] });
  expect(accepted(result)).toEqual({ create: KINDS.slice(1), move: KINDS.slice(1, 4), delete: KINDS.slice(1) });
});

test('nor does one that refuses all new names but lets anything be deleted', async () => {
  const { rig, examine } = await patient();
  hook(rig, 'update', '#!/bin/sh\ncase $1 in refs/registry/*) case $3 in *[1-9a-f]*) exit 1;; esac;; esac\n');
  const result = await examine();
  expect(result).toMatchObject({ label: 'detect-only', lacks: ['deletes-refused'], left: [] });
  expect(accepted(result)['delete']).toEqual(['semver', 'tombstone', 'sha', 'log']);
});

test('nor one that refuses moves alone', async () => {
  const { rig, examine } = await patient();
  hook(rig, 'update', '#!/bin/sh\ncase $2 in *[1-9a-f]*) case $3 in *[1-9a-f]*) exit 1;; esac;; esac\n');
  expect(await examine()).toMatchObject({ lacks: ['unlogged-refs-refused', 'deletes-refused'], left: [] });
});

test.each(['update', 'pre-receive'] as const)(
  'where nothing may be deleted, nothing is made, and yet it is told what would be taken (%s)',
  async (name) => {
    const { rig, examine } = await patient();
    const refuse = name === 'update' ? 'set -- "$3"' : 'read old new ref; set -- "$new"';
    hook(rig, name, `#!/bin/sh\n${refuse}\ncase $1 in *[1-9a-f]*) ;; *) exit 1;; esac\n`);
    const result = await examine();
    expect(result).toMatchObject({ label: 'detect-only', lacks: ['unlogged-refs-refused'], left: [] });
    expect(accepted(result)).toEqual({ create: KINDS, move: [], delete: [] });
  },
);

test('a hook that lets go what is not there, but not what is, keeps one ref of the probe; it is named', async () => {
  const { rig, examine } = await patient();
  hook(rig, 'update', '#!/bin/sh\ncase $2 in *[1-9a-f]*) case $3 in *[1-9a-f]*) ;; *) exit 1;; esac;; esac\n');
  const result = await examine();
  expect(result).toMatchObject({ label: 'detect-only' });
  expect(result.left).toEqual([
    expect.stringMatching(/^refs\/registry\/semver\/doctor-probe-x[0-9a-f]{12}\/v0\.0\.0$/),
  ]);
});

test('a host that judges pushes as a whole and gives no reason is not called enforcing where that is not shown', async () => {
  const { rig, examine } = await patient();
  // It refuses deletions, and names below names; whether it would take a log cannot be asked of it.
  const rule = 'case $new in *[1-9a-f]*) ;; *) exit 1;; esac; case $ref in */probe) exit 1;; esac';
  hook(rig, 'pre-receive', `#!/bin/sh\nwhile read old new ref; do ${rule}; done\n`);
  const result = await examine();
  expect(result).toMatchObject({ label: 'detect-only', left: [] });
  expect(result.probes.map(({ create }) => create)).toEqual(KINDS.map(() => 'skipped'));
});

test('where the remote goes away before the probe is removed, its name is said with what to do', async () => {
  const { rig } = await patient();
  const ada = await rig.clone('ada');
  hook(rig, 'post-receive', '#!/bin/sh\nmv "$PWD" "$PWD.gone"\n');
  const failure = await remoteDoctor(ada.workspace, ALL).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RegistryError);
  const { code, hint, data } = failure as RegistryError;
  const left = /refs\/registry\/semver\/doctor-\S+/.exec(readRefs(`${rig.remote.folder}.gone`, ada))?.[0];
  expect([code, hint, data['left']]).toEqual(['remote-failed', `git push origin :${left}`, left]);
});

test('a line that is cut once, behind a push that went through, changes nothing', async () => {
  const { server, examine } = await patient('http');
  // The first push asks for a deletion, the second makes the ref; the third moves it.
  server?.cutAfter(2);
  expect(accepted(await examine())['move']).toEqual(KINDS.slice(0, 4));
});

test('a host that keeps the namespace for itself is closed', async () => {
  const { rig, examine } = await patient();
  rig.remote.git(['config', 'receive.hideRefs', 'refs/registry']);
  expect(await examine()).toMatchObject({ label: 'closed', lacks: ['registry-refs'], left: [] });
});
