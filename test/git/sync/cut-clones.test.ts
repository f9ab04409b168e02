/** Clones that git has cut, by depth or by a filter: what they lack is said, and `pull --refetch` brings it (format §7.2). */
import { renameSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fetch } from '../../../src/operations/fetch.ts';
import { push } from '../../../src/operations/push.ts';
import { runCli } from '../../support/cli.ts';
import { type SyncClone, type SyncRig, syncRig } from '../../support/sync-rig.ts';

const ALL = { words: [] };
const HINT = 'git registry pull --refetch';

interface Cut {
  readonly rig: SyncRig;
  readonly ada: SyncClone;
  readonly bo: SyncClone;
  /** Runs a verb of the program in Bo's clone. */
  run(...words: readonly string[]): { readonly exitCode: number | null; readonly said: string };
}

/** Ada publishes three entries; Bo has the refs of the registry through plain git, cut. */
async function cutClone(...how: readonly string[]): Promise<Cut> {
  const rig = syncRig();
  rig.remote.git(['config', 'uploadpack.allowFilter', 'true']);
  const ada = await rig.clone('ada');
  for (const seed of [1, 2, 3]) await ada.register(seed);
  await push(ada.workspace, ALL);
  const bo = await rig.clone('bo', `file://${rig.remote.folder}`);
  bo.repository.git(['fetch', '--quiet', ...how, 'origin', 'refs/registry/*:refs/registry/*']);
  const run: Cut['run'] = (...words) => {
    const { exitCode, stdout, stderr } = runCli(words, { cwd: bo.repository.folder, env: bo.repository.environment });
    return { exitCode, said: stdout + stderr };
  };
  return { rig, ada, bo, run };
}

function refsOf(clone: SyncClone): string {
  return clone.repository.git(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/registry']);
}

describe('a clone of depth 1', () => {
  test.each(['pull', 'push', 'fetch', 'status', 'list', 'check', 'verify'])(
    '%s says so and what to do: exit 4',
    async (verb) => {
      const { run } = await cutClone('--depth=1');
      const { exitCode, said } = run(verb);
      expect(said).toContain('the clone is shallow');
      expect(said).toContain(HINT);
      expect(exitCode).toBe(4);
    },
  );

  test.each(['as it was', 'gone on'])('pull --refetch makes it whole, where the remote is %s', async (remote) => {
    const { ada, bo, run } = await cutClone('--depth=1');
    if (remote === 'gone on') {
      await ada.register(4);
      await push(ada.workspace, ALL);
      expect(run('pull')).toMatchObject({ exitCode: 4, said: expect.stringContaining(HINT) as string });
    }
    expect(run('pull', '--refetch')).toMatchObject({ exitCode: 0 });
    expect(bo.repository.git(['rev-parse', '--is-shallow-repository'])).toBe('false');
    expect(refsOf(bo)).toBe(refsOf(ada));
    for (const verb of ['verify', 'check', 'list', 'pull']) expect(run(verb)).toMatchObject({ exitCode: 0 });
    expect(bo.repository.tryGit(['fsck', '--strict']).exitCode).toBe(0);
    await bo.register(5);
    expect(run('push')).toMatchObject({ exitCode: 0 });
  });

  test('the branches of the user stay as shallow as they were', async () => {
    const { rig, ada, bo, run } = await cutClone('--depth=1');
    for (const message of ['one', 'two']) ada.repository.git(['commit', '--quiet', '--allow-empty', '-m', message]);
    ada.repository.git(['push', '--quiet', rig.remote.folder, 'HEAD:refs/heads/main']);
    bo.repository.git(['fetch', '--quiet', '--depth=1', 'origin', 'main']);
    expect(run('pull', '--refetch')).toMatchObject({ exitCode: 0 });
    expect(bo.repository.git(['rev-list', '--count', 'FETCH_HEAD'])).toBe('1');
    expect(bo.repository.git(['rev-list', '--count', '--first-parent', 'refs/registry/log/m'])).toBe('4');
    expect(run('verify')).toMatchObject({ exitCode: 0 });
  });

  test('of the branches alone is no matter: the registry comes whole', async () => {
    const { rig, ada } = await cutClone('--depth=1');
    for (const message of ['one', 'two']) ada.repository.git(['commit', '--quiet', '--allow-empty', '-m', message]);
    ada.repository.git(['push', '--quiet', rig.remote.folder, 'HEAD:refs/heads/main']);
    const cy = await rig.clone('cy', `file://${rig.remote.folder}`);
    cy.repository.git(['fetch', '--quiet', '--depth=1', 'origin', 'main']);
    const options = { cwd: cy.repository.folder, env: cy.repository.environment };
    for (const verb of ['pull', 'verify', 'check', 'push'])
      expect(runCli([verb], options)).toMatchObject({ exitCode: 0 });
    expect(refsOf(cy)).toBe(refsOf(ada));
  });
});

describe('a clone without blobs', () => {
  test('has git bring what is read; with the remote out of reach that is said: exit 4, and pull --refetch ends it', async () => {
    const { rig, ada, bo, run } = await cutClone('--filter=blob:none');
    const away = `${rig.remote.folder}.away`;
    renameSync(rig.remote.folder, away);
    for (const verb of ['verify', 'check']) {
      const { exitCode, said } = run(verb);
      expect(`${verb} ${exitCode} ${said}`).toMatch(verb === 'check' ? /^check 0/ : /^verify 4/);
      if (exitCode === 4) expect(said).toContain(HINT);
    }
    renameSync(away, rig.remote.folder);
    expect(run('pull', '--refetch')).toMatchObject({ exitCode: 0 });
    renameSync(rig.remote.folder, away);
    expect(run('verify')).toMatchObject({ exitCode: 0 });
    renameSync(away, rig.remote.folder);
    await bo.register(5);
    expect(run('push')).toMatchObject({ exitCode: 0 });
    expect((await fetch(ada.workspace, ALL)).issues).toEqual([]);
  });

  test('pulls, checks, verifies and pushes as any other', async () => {
    const { ada, bo, run } = await cutClone('--filter=blob:none');
    await ada.register(4);
    await push(ada.workspace, ALL);
    for (const verb of ['pull', 'check', 'verify', 'status']) expect(run(verb)).toMatchObject({ exitCode: 0 });
    expect(refsOf(bo)).toBe(refsOf(ada));
    await bo.register(5);
    expect(run('push')).toMatchObject({ exitCode: 0 });
  });
});
