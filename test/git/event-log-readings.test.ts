/** A log is read in two ways, by git's walk and commit by commit: both must see the same, whatever is in it. */
import { expect, onTestFinished, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { type GitPorts, openGitPorts } from '../../src/git/git-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import type { EventCommit } from '../../src/ports/event-log.ts';
import { looseCommit, type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

const PLAIN = 'Ada Tester <ada@example.org> 1700000000 +0000';

async function open({ folder, environment }: TemporaryRepository): Promise<GitPorts> {
  const ports = openGitPorts(await openRepository(folder, environment), environment);
  onTestFinished(() => ports.close());
  return ports;
}

async function read({ log }: GitPorts, tip: ObjectId): Promise<readonly EventCommit[] | string> {
  const commits: EventCommit[] = [];
  try {
    for await (const commit of log.read(tip)) commits.push(commit);
  } catch (error) {
    return String(error);
  }
  return commits;
}

/** Reads a log as the first of a process, by the walk, and as the second, commit by commit where that is safe. */
async function readBoth(repository: TemporaryRepository, tip: ObjectId) {
  const walked = await read(await open(repository), tip);
  const ports = await open(repository);
  await read(ports, looseCommit(repository, 'read before') as ObjectId);
  return { walked, second: await read(ports, tip) };
}

function commit(repository: TemporaryRepository, { author = PLAIN, committer = PLAIN, message = 'an event\n' }) {
  const tree = repository.git(['hash-object', '-t', 'tree', '-w', '--stdin'], '');
  const body = Buffer.from(`tree ${tree}\nauthor ${author}\ncommitter ${committer}\n\n${message}`);
  return repository.git(['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], body) as ObjectId;
}

const WHO = [
  PLAIN,
  'Zoë 模型 <z@example.org> 0 +0000',
  ' <nobody@example.org> 1 +0000',
  '<nobody@example.org> 1 +0000',
  'a <> 1 +0000',
  'a <a@a> > 1 +0000',
  'a <a@a> 01 +0000',
  'a <a@a> 1 +00',
  'a <a@a> 1 -0000',
  'a <a@a> 1 +0530',
  'a  b <a@a> 1 +0000',
  'a\t<a@a> 1 +0000',
  ' a <a@a> 1 +0000',
  'a <a@a>  1 +0000',
  'a < a@a > 1 +0000',
  'a <a@a> 99999999999999999999 +0000',
  'a <a@a> -1 +0000',
  'a <a@a>',
  'a',
];

test.each(WHO)('a commit by %j is read the same both ways, as author and as committer', async (who) => {
  const repository = temporaryRepository();
  for (const odd of [{ author: who }, { committer: who }]) {
    const { walked, second } = await readBoth(repository, commit(repository, odd));
    expect(second).toEqual(walked);
  }
});

test.each(['an event\n\0junk', '', '\n\nblank lines\n\n', '\uFEFFmark\n', 'x'.repeat(100_000), 'no end of line'])(
  'a message such as %.20j is read the same both ways',
  async (message) => {
    const repository = temporaryRepository();
    const { walked, second } = await readBoth(repository, commit(repository, { message }));
    expect(second).toEqual(walked);
    expect(walked).toHaveLength(1);
  },
);
