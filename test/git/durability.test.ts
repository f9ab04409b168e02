import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorkspace } from '../../src/cli/compose.ts';
import { verify } from '../../src/operations/verify.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { SILENT } from '../../src/ports/progress.ts';
import { countFlushes, readTrace } from '../support/git-trace.ts';
import { lmBundle, registerIn, registryRig } from '../support/registry-rig.ts';

describe('an object that is pruned between its writing and the move of the refs', () => {
  test.each(['a file of the entry', 'the entry commit', 'the event commit'] as const)(
    '%s: is noticed and written again',
    async (which) => {
      const rig = await registryRig();
      let pruned = 0;
      const prune = (id: string): void => {
        rmSync(join(rig.repository.gitDir, 'objects', id.slice(0, 2), id.slice(2)));
        pruned += 1;
      };
      const refs: Workspace['refs'] = {
        find: (key) => rig.workspace.refs.find(key),
        list: (filter) => rig.workspace.refs.list(filter),
        nameOf: (key) => rig.workspace.refs.nameOf(key),
        apply: (updates) => {
          const target = (kind: string): string => String(updates.find(({ key }) => key.kind === kind)?.next);
          if (pruned === 0) {
            const blob = rig.repository.git(['rev-parse', `${target('entry')}:bundle/config.json`]);
            prune(
              { 'a file of the entry': blob, 'the entry commit': target('entry'), 'the event commit': target('log') }[
                which
              ],
            );
          }
          return rig.workspace.refs.apply(updates);
        },
      };
      const result = await registerIn({ ...rig.workspace, refs }, rig.bundle('a', lmBundle(1)));
      expect(pruned).toBe(1);
      expect(result.created).toBe(true);
      expect(await verify(await rig.reopen(), { specs: [], weights: true })).toMatchObject({ ok: true });
      expect(rig.repository.git(['fsck', '--strict', '--no-dangling'])).toBe('');
    },
  );
});

test('objects and refs of a register are fsynced, and no git command is used that would not', async () => {
  const rig = await registryRig();
  const trace = join(rig.repository.folder, '..', 'trace');
  const env = { ...rig.repository.environment, GIT_TRACE2_EVENT: trace };
  const workspace = await openWorkspace({
    cwd: rig.repository.folder,
    env,
    progress: SILENT,
    signal: new AbortController().signal,
  });
  await registerIn(workspace, rig.bundle('a', lmBundle(1)));
  await workspace.close();
  const events = readTrace(trace);
  const started = events.filter(({ event }) => event === 'start').map(({ argv }) => argv as readonly string[]);
  const commandOf = (words: readonly string[]): string | undefined =>
    words.slice(1).find((word, at) => word !== '-c' && words[at] !== '-c' && !word.startsWith('-'));
  const writing = started.filter((words) =>
    ['unpack-objects', 'index-pack', 'update-ref', 'hash-object'].includes(commandOf(words) ?? ''),
  );
  // Objects of entry and event together, then the refs.
  expect(writing.length).toBeGreaterThanOrEqual(2);
  for (const words of writing) expect(words.some((word) => word.startsWith('core.fsync='))).toBe(true);
  const all = started.map(commandOf);
  expect(all).not.toContain('mktree');
  expect(all).not.toContain('commit-tree');
  // Seven objects at least, and three refs.
  expect(countFlushes(events)).toBeGreaterThanOrEqual(10);
});
