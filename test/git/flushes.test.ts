/** What is written is flushed before a promise resolves: git's own trace counts the flushes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { parseModelName } from '../../src/domain/model-name.ts';
import { type GitPorts, openGitPorts } from '../../src/git/git-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { TEST_ACTOR } from '../support/git-env.ts';
import { countFlushes, readTrace } from '../support/git-trace.ts';
import { looseCommit, temporaryRepository } from '../support/temporary-repository.ts';

/** Returns the ports of a new repository, and what counts the commands and flushes of some work. */
async function traced(
  objectFormat: 'sha1' | 'sha256',
): Promise<{ ports: GitPorts; commit: ObjectId; count: typeof count }> {
  const repository = temporaryRepository({ objectFormat });
  const commit = looseCommit(repository, 'a') as ObjectId;
  const trace = join(repository.folder, '..', 'trace');
  const environment = { ...repository.environment, GIT_TRACE2_EVENT: trace };
  const ports = openGitPorts(await openRepository(repository.folder, environment), environment);
  const count = async (
    work: (ports: GitPorts) => Promise<unknown>,
  ): Promise<{ commands: readonly string[]; flushes: number }> => {
    rmSync(trace, { force: true });
    await work(ports);
    const events = readTrace(trace);
    return {
      commands: events.filter(({ event }) => event === 'cmd_name').map(({ name }) => String(name)),
      flushes: countFlushes(events),
    };
  };
  return { ports, commit, count };
}

const key = (name: string): { kind: 'log'; model: ReturnType<typeof parseModelName> } => ({
  kind: 'log',
  model: parseModelName(name),
});

test.each(['sha1', 'sha256'] as const)(
  'each object, each pack and each ref is flushed, by one process each time (%s)',
  async (objectFormat) => {
    const { commit, count } = await traced(objectFormat);
    const write =
      (number: number) =>
      (ports: GitPorts): Promise<void> =>
        ports.objects.write(
          Array.from({ length: number }, (_, index) => {
            const body = Buffer.from(`${number} ${index}`);
            return { type: 'blob' as const, id: ports.objects.hash('blob', body), body };
          }),
        );
    expect(await count(write(7))).toEqual({ commands: ['unpack-objects'], flushes: 7 });
    const packed = await count(write(101));
    expect(packed.commands).toEqual(['index-pack']);
    // The pack and its index, and since git 2.41 its reverse index.
    expect([2, 3]).toContain(packed.flushes);
    const created = await count(({ refs }) =>
      refs.apply([
        { key: key('x'), old: null, next: commit },
        { key: key('y'), old: null, next: commit },
      ]),
    );
    expect(created).toEqual({ commands: ['update-ref'], flushes: 2 });
    const removed = await count(({ refs }) => refs.apply([{ key: key('x'), old: commit, next: null }]));
    expect(removed.commands).toEqual(['update-ref']);
  },
);

test('events are flushed before their ids are known', async () => {
  const { commit, count } = await traced('sha1');
  const { commands, flushes } = await count(async ({ log, objects }) => {
    const tree = objects.hash('tree', new Uint8Array());
    await log.make(['a\n', 'b\n'].map((message) => ({ tree, parents: [commit], by: TEST_ACTOR, time: 1, message })));
  });
  expect(commands).toEqual(['config', 'unpack-objects']);
  expect(flushes).toBe(2);
});
