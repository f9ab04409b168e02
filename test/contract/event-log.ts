/** The contract of ports/event-log.ts, run by every adapter over real repositories. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { parseModelName } from '../../src/domain/model-name.ts';
import type { EventCommit, EventLog, NewEventCommit } from '../../src/ports/event-log.ts';
import { TEST_ACTOR, TEST_TIME } from '../support/git-env.ts';
import {
  looseCommit,
  repositoryAt,
  type TemporaryRepository,
  temporaryRepository,
} from '../support/temporary-repository.ts';
import { type Capabilities, openFor, type StoreMaker } from './object-store.ts';

interface Place {
  readonly repository: TemporaryRepository;
  readonly log: EventLog;
  readonly emptyTree: ObjectId;
}

type Start = () => Promise<Place>;

async function read(log: EventLog, tip: ObjectId, after?: ObjectId): Promise<readonly EventCommit[]> {
  const commits: EventCommit[] = [];
  for await (const commit of log.read(tip, after)) commits.push(commit);
  return commits;
}

/** Makes a chain of commits, oldest first; `also` are further parents of the last. */
function chain({ repository }: Place, labels: readonly string[], also: readonly string[] = []): readonly ObjectId[] {
  const ids: ObjectId[] = [];
  for (const [index, label] of labels.entries()) {
    const parents = [...ids.slice(-1), ...(index === labels.length - 1 ? also : [])];
    ids.push(looseCommit(repository, label, parents) as ObjectId);
  }
  return ids;
}

/** Writes a commit of any bytes. */
function rawCommit({ repository, emptyTree }: Place, headers: string, message: string | Buffer): ObjectId {
  const who = 'Ada Tester <ada@example.org> 1700000000 +0000';
  const head = `tree ${emptyTree}\n${headers}author ${who}\ncommitter ${who}\n`;
  const body = Buffer.concat([Buffer.from(head), Buffer.from(message)]);
  return repository.git(['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], body) as ObjectId;
}

/** Runs the suite. */
export function describeEventLog(name: string, make: StoreMaker<EventLog>, capabilities: Capabilities): void {
  const formats = capabilities.sha256 ? (['sha1', 'sha256'] as const) : (['sha1'] as const);
  describe.each(formats)(`${name} in a %s repository`, (objectFormat) => {
    const start: Start = async () => {
      const repository = temporaryRepository({ objectFormat });
      const emptyTree = repository.git(['hash-object', '-t', 'tree', '-w', '--stdin'], '') as ObjectId;
      return { repository, emptyTree, log: await openFor(make, repository) };
    };
    describeReading(start);
    describeContent(start);
    describeBrokenChains(start, make);
    describeModels(start);
    if (capabilities.writes) describeMaking(start);
    else refusesToMake(start);
  });
}

function describeReading(start: Start): void {
  test('read yields the chain, oldest first, with all that an event commit has', async () => {
    const place = await start();
    const [first, second] = chain(place, ['one', 'two']);
    if (first === undefined || second === undefined) throw new Error('no chain');
    const time = `${TEST_TIME} +0000`;
    const common = { tree: place.emptyTree, author: TEST_ACTOR, authorTime: time, committerTime: time };
    expect(await read(place.log, second)).toEqual([
      { ...common, id: first, parents: [], message: 'one\n' },
      { ...common, id: second, parents: [first], message: 'two\n' },
    ]);
  });

  test('read leaves out what is behind `after`', async () => {
    const place = await start();
    const ids = chain(place, ['one', 'two', 'three', 'four']);
    const [one, two, three, four] = ids as [ObjectId, ObjectId, ObjectId, ObjectId];
    expect((await read(place.log, four, two)).map(({ id }) => id)).toEqual([three, four]);
    expect(await read(place.log, four, four)).toEqual([]);
    expect(await read(place.log, one, three)).toEqual([]);
  });

  test('read follows first parents alone, and names the others', async () => {
    const place = await start();
    const [root = '', entry = ''] = chain(place, ['parent entry', 'entry']);
    const [first, second] = chain(place, ['event 0', 'event 1'], [entry]) as [ObjectId, ObjectId];
    const commits = await read(place.log, second);
    expect(commits.map(({ id, parents }) => [id, parents])).toEqual([
      [first, []],
      [second, [first, entry]],
    ]);
    const [, third] = chain(place, ['x', 'after an entry'], [root]) as [ObjectId, ObjectId];
    expect((await read(place.log, third, entry as ObjectId)).length).toBe(2);
  });

  test('read yields the same whether few or many are new, and where `after` is beside the chain', async () => {
    const place = await start();
    const ids = chain(
      place,
      Array.from({ length: 70 }, (_, index) => `event ${index}`),
    );
    const beside = looseCommit(place.repository, 'beside', ids.slice(1, 2)) as ObjectId;
    const tips = [0, 1, 30, 31, 32, 33, 69].map((at) => ids[at] as ObjectId);
    for (const tip of tips) {
      const upTo = ids.slice(0, ids.indexOf(tip) + 1);
      expect((await read(place.log, tip)).map(({ id }) => id)).toEqual(upTo);
      for (const at of [0, 1, 2, 35, 36, 37, 38])
        expect((await read(place.log, tip, ids[at])).map(({ id }) => id)).toEqual(upTo.slice(at + 1));
      expect((await read(place.log, tip, beside)).map(({ id }) => id)).toEqual(upTo.slice(2));
    }
  });

  test('read can be left in the middle', async () => {
    const place = await start();
    const ids = chain(place, ['one', 'two', 'three']);
    for await (const commit of place.log.read(ids[2] as ObjectId)) {
      expect(commit.id).toBe(ids[0]);
      break;
    }
    expect((await read(place.log, ids[2] as ObjectId)).length).toBe(3);
  });

  test('read does not see replace refs or grafts', async () => {
    const place = await start();
    const [one, two] = chain(place, ['one', 'two']) as [ObjectId, ObjectId];
    const [other] = chain(place, ['another']) as [ObjectId];
    place.repository.git(['replace', one, other]);
    mkdirSync(join(place.repository.gitDir, 'info'), { recursive: true });
    writeFileSync(join(place.repository.gitDir, 'info', 'grafts'), `${two}\n`);
    const commits = await read(place.log, two);
    expect(commits.map(({ id, message }) => [id, message])).toEqual([
      [one, 'one\n'],
      [two, 'two\n'],
    ]);
  });

  test('read goes by parents, whatever the clocks said', async () => {
    const place = await start();
    const ids: ObjectId[] = [];
    for (const time of [5_000_000_000, 10, 3_000_000_000, 0]) {
      place.repository.environment['GIT_COMMITTER_DATE'] = `@${time} +0000`;
      ids.push(looseCommit(place.repository, `at ${time}`, ids.slice(-1)) as ObjectId);
    }
    expect((await read(place.log, ids[3] as ObjectId)).map(({ id }) => id)).toEqual(ids);
    expect((await read(place.log, ids[3] as ObjectId, ids[0])).map(({ id }) => id)).toEqual(ids.slice(1));
  });
}

function describeContent(start: Start): void {
  test.each([
    'subject\n\n{"a":1}\n',
    'no line feed at the end',
    '',
    '\n\nleading and trailing empty lines\n\n\n',
    'trailing space  \n\n  indented\n\ttab\n',
    'Größe – 模型 🦊\n\n{"name":"Zoë"}\n',
    '# not a comment\n\nSigned-off-by: nobody\n',
    `long\n\n${'{"k":"v"}'.repeat(50_000)}\n`,
  ])('read returns the message %j as it is', async (message) => {
    const place = await start();
    const id = rawCommit(place, '', `\n${message}`);
    expect((await read(place.log, id)).map((commit) => commit.message)).toEqual([message]);
  });

  test.each([
    ['bytes that are not UTF-8', '', Buffer.from([0x0a, 0x73, 0xff, 0xfe, 0x0a])],
    ['an encoding header', 'encoding ISO-8859-1\n', Buffer.from('\nsubject\n')],
  ])('read takes %s for corrupt', async (_what, header, message) => {
    const place = await start();
    const who = 'Ada Tester <ada@example.org> 1700000000 +0000';
    const head = `tree ${place.emptyTree}\nauthor ${who}\ncommitter ${who}\n${header}`;
    const body = Buffer.concat([Buffer.from(head), message]);
    const id = place.repository.git(['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], body) as ObjectId;
    await expect(read(place.log, id)).rejects.toMatchObject({ code: 'corrupt-event', data: { commit: id } });
  });

  test('read returns times with their zone and names of any script', async () => {
    const place = await start();
    Object.assign(place.repository.environment, { GIT_AUTHOR_NAME: 'Zoë Ünï', GIT_AUTHOR_DATE: '@123456789 -0730' });
    const id = looseCommit(place.repository, 'elsewhere') as ObjectId;
    const [commit] = await read(place.log, id);
    expect(commit).toMatchObject({
      author: { name: 'Zoë Ünï', email: TEST_ACTOR.email },
      authorTime: '123456789 -0730',
    });
  });
}

function describeBrokenChains(start: Start, make: StoreMaker<EventLog>): void {
  test('read of a chain with a missing commit is a fault', async () => {
    const place = await start();
    const [one = '', , three] = chain(place, ['one', 'two', 'three']);
    rmSync(join(place.repository.gitDir, 'objects', one.slice(0, 2), one.slice(2)));
    await expect(read(place.log, three as ObjectId)).rejects.toMatchObject({ code: 'corrupt-object' });
    const absent = `${one.startsWith('0') ? '1' : '0'}${one.slice(1)}` as ObjectId;
    await expect(read(place.log, absent)).rejects.toMatchObject({ code: 'corrupt-object' });
  });

  test('read of what is no commit is a fault', async () => {
    const place = await start();
    const blob = place.repository.git(['hash-object', '-w', '--stdin'], 'blob') as ObjectId;
    await expect(read(place.log, blob)).rejects.toMatchObject({ code: 'corrupt-object' });
    await expect(read(place.log, place.emptyTree)).rejects.toMatchObject({ code: 'corrupt-object' });
    place.repository.git(['tag', '-a', '-m', 'tag', 'v1', looseCommit(place.repository, 'tagged')]);
    const tag = place.repository.git(['rev-parse', 'v1']) as ObjectId;
    await expect(read(place.log, tag)).rejects.toMatchObject({ code: 'corrupt-object' });
  });

  test('read of a chain that a shallow clone cuts says so', async () => {
    const place = await start();
    const { repository } = place;
    const ids = chain(place, ['one', 'two', 'three', 'four']);
    repository.git(['update-ref', 'refs/heads/main', ids[3] ?? '']);
    const folder = join(repository.folder, '..', 'shallow');
    repository.git(['clone', '--quiet', '--no-local', '--depth=2', `file://${repository.folder}`, folder]);
    const log = await openFor(make, repositoryAt(folder, join(folder, '.git'), repository.environment));
    await expect(read(log, ids[3] as ObjectId)).rejects.toMatchObject({ code: 'incomplete-history' });
    expect((await read(log, ids[3] as ObjectId, ids[2])).map(({ id }) => id)).toEqual(ids.slice(3));
  });
}

function describeModels(start: Start): void {
  const models = ['zebra', 'name space/größe', 'Alpha', 'alpha-2'].map((model) => parseModelName(model));

  test('models returns the models that have a log, sorted', async () => {
    const { repository, log } = await start();
    expect(await log.models()).toEqual([]);
    const id = looseCommit(repository, 'tip');
    for (const path of ['zebra', 'name%20space/gr%C3%B6%C3%9Fe', 'Alpha', 'alpha-2', '%61odd']) {
      repository.git(['update-ref', `refs/registry/log/${path}`, id]);
    }
    repository.git(['update-ref', 'refs/registry/semver/other/v1.0.0', id]);
    expect(await log.models()).toEqual([...models].sort());
  });

  test('modelsContaining returns the models whose log reaches one of the entries', async () => {
    const place = await start();
    const { repository, log } = place;
    const [parent, entry] = chain(place, ['parent entry', 'entry']) as [ObjectId, ObjectId];
    const [lonely] = chain(place, ['lonely entry']) as [ObjectId];
    const set = (model: string, tip: string | undefined): string =>
      repository.git(['update-ref', `refs/registry/log/${model}`, tip ?? '']);
    set('has-entry', looseCommit(repository, 'later', [chain(place, ['a', 'b'], [entry])[1] ?? '']));
    set('has-parent', chain(place, ['c', 'd'], [parent])[1]);
    set('has-none', chain(place, ['e'])[0]);
    repository.git(['update-ref', 'refs/registry/semver/other/v1.0.0', entry]);
    expect(await log.modelsContaining([entry])).toEqual(['has-entry']);
    expect(await log.modelsContaining([parent])).toEqual(['has-entry', 'has-parent']);
    expect(await log.modelsContaining([lonely])).toEqual([]);
    expect(await log.modelsContaining([lonely, entry, parent])).toEqual(['has-entry', 'has-parent']);
    expect(await log.modelsContaining([])).toEqual([]);
  });
}

function describeMaking(start: Start): void {
  const by = { name: 'Zoë', email: 'zoe@example.org' };

  test('make writes exactly the commit of format §6.1', async () => {
    const { repository, log, emptyTree } = await start();
    const parent = looseCommit(repository, 'before') as ObjectId;
    const message = 'register – größe\n\n{"kind":"x"}\n';
    const [id] = await log.make([{ tree: emptyTree, parents: [parent], by, time: 42, message }]);
    expect(repository.tryGit(['cat-file', 'commit', id ?? '']).stdout).toBe(
      `tree ${emptyTree}\nparent ${parent}\nauthor Zoë <zoe@example.org> 42 +0000\ncommitter Zoë <zoe@example.org> 42 +0000\n\n${message}`,
    );
    expect((await read(log, id as ObjectId)).at(-1)).toMatchObject({ id, author: by, authorTime: '42 +0000', message });
  });

  test('make of several makes a chain', async () => {
    const { repository, log, emptyTree } = await start();
    const entry = looseCommit(repository, 'entry') as ObjectId;
    const tip = looseCommit(repository, 'tip') as ObjectId;
    const event = (message: string, parents: readonly ObjectId[]): NewEventCommit => ({
      tree: emptyTree,
      parents,
      by,
      time: 7,
      message,
    });
    const ids = await log.make([event('a\n', [tip]), event('b\n', [entry]), event('c\n', [])]);
    const commits = (await read(log, ids[2] as ObjectId)).slice(1);
    expect(commits.map((commit) => [commit.id, commit.message, commit.parents])).toEqual([
      [ids[0], 'a\n', [tip]],
      [ids[1], 'b\n', [ids[0], entry]],
      [ids[2], 'c\n', [ids[1]]],
    ]);
    expect(await log.make([])).toEqual([]);
  });
}

function refusesToMake(start: Start): void {
  test('make says that it takes git', async () => {
    const { log, emptyTree } = await start();
    const event = { tree: emptyTree, parents: [], by: TEST_ACTOR, time: 1, message: 'x\n' };
    await expect(log.make([event])).rejects.toMatchObject({ code: 'git-missing' });
  });
}
