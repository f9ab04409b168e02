/** Whatever the user has configured, the registry's bytes are the same: object ids are constants. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseModelName } from '../../src/domain/model-name.ts';
import { childEnvironment } from '../../src/git/git-environment.ts';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import type { EventCommit } from '../../src/ports/event-log.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

const KEY = { kind: 'log', model: parseModelName('größe') } as const;
const MESSAGE = 'register größe\n\n{"k":"größe"}\n';
const BODY = new TextEncoder().encode('line\r\nline\n$Id$\n');

/** Writes, moves and reads all there is, and returns what came of it. */
async function session({ folder, environment }: TemporaryRepository): Promise<unknown> {
  const { objects, refs, log, close } = openGitPorts(await openRepository(folder, environment), environment);
  const blob = objects.hash('blob', BODY);
  const tree = Buffer.concat([Buffer.from('100644 file.txt\0'), Buffer.from(blob, 'hex')]);
  const treeId = objects.hash('tree', tree);
  await objects.write([
    { type: 'blob', id: blob, body: BODY },
    { type: 'tree', id: treeId, body: tree },
  ]);
  const event = {
    tree: treeId,
    parents: [],
    by: { name: 'Zoë', email: 'z@x.org' },
    time: 1_700_000_001,
    message: MESSAGE,
  };
  const [first, second] = await log.make([event, event]);
  if (first === undefined || second === undefined) throw new Error('no events');
  const created = await refs.apply([{ key: KEY, old: null, next: first }]);
  const moved = await refs.apply([{ key: KEY, old: first, next: second }]);
  const commits: EventCommit[] = [];
  for await (const commit of log.read(second)) commits.push(commit);
  const found = Buffer.from((await objects.find(`${second}:file.txt`))?.body ?? []).toString();
  const result = {
    first,
    second,
    created,
    moved,
    commits,
    found,
    tip: await refs.find(KEY),
    listing: await refs.list({ kind: 'all' }),
  };
  await close();
  return result;
}

function withHooks(repository: TemporaryRepository): void {
  const hooks = join(repository.folder, '..', 'hooks');
  mkdirSync(hooks);
  for (const hook of ['reference-transaction', 'post-index-change', 'pre-auto-gc']) {
    writeFileSync(join(hooks, hook), '#!/bin/sh\nexit 1\n');
    chmodSync(join(hooks, hook), 0o755);
  }
  repository.git(['config', 'core.hooksPath', hooks]);
}

const config = (...pairs: readonly (readonly [string, string])[]): ((repository: TemporaryRepository) => void) => {
  return (repository) => {
    for (const [key, value] of pairs) repository.git(['config', key, value]);
  };
};

const HOSTILE: Readonly<Record<string, (repository: TemporaryRepository) => void>> = {
  'line ends that are converted': (repository) => {
    config(['core.autocrlf', 'true'], ['core.eol', 'crlf'])(repository);
    writeFileSync(join(repository.folder, '.gitattributes'), '* text ident\n');
  },
  'another commit encoding': config(['i18n.commitEncoding', 'ISO-8859-1'], ['i18n.logOutputEncoding', 'ISO-8859-1']),
  'hooks that fail': withHooks,
  'a log that shows signatures and other formats': config(
    ...([
      ['log.showSignature', 'true'],
      ['format.pretty', 'oneline'],
      ['log.date', 'relative'],
      ['log.decorate', 'full'],
    ] as const),
    ...([
      ['log.follow', 'true'],
      ['log.showRoot', 'false'],
      ['log.abbrevCommit', 'true'],
      ['log.diffMerges', 'm'],
    ] as const),
    ...([
      ['format.notes', '*'],
      ['notes.displayRef', 'refs/notes/*'],
      ['core.abbrev', '4'],
      ['color.ui', 'always'],
    ] as const),
  ),
  'a mailmap': (repository) => {
    writeFileSync(join(repository.folder, '.mailmap'), 'Another Name <another@x.org> <z@x.org>\n');
    config(['log.mailmap', 'true'], ['mailmap.file', join(repository.folder, '.mailmap')])(repository);
  },
  'aliases for the plumbing, a pager and an editor': config(
    ...([
      ['alias.cat-file', '!false'],
      ['alias.update-ref', '!false'],
      ['core.pager', 'false'],
      ['core.editor', 'false'],
    ] as const),
  ),
  'a reflog of every ref and a file system monitor': config(
    ['core.logAllRefUpdates', 'always'],
    ['core.fsmonitor', 'false-command'],
  ),
  'odd compression, packing and garbage collection': config(
    ...([
      ['core.compression', '0'],
      ['pack.compression', '0'],
      ['fetch.unpackLimit', '1'],
      ['transfer.unpackLimit', '1'],
    ] as const),
    ...([
      ['gc.auto', '1'],
      ['gc.autoDetach', 'false'],
      ['maintenance.auto', 'true'],
    ] as const),
  ),
  'hidden refs and a default hash': config(
    ['transfer.hideRefs', 'refs/registry'],
    ['init.defaultObjectFormat', 'sha256'],
    ['core.warnAmbiguousRefs', 'true'],
  ),
  'a foreign locale and time zone': ({ environment }) => {
    Object.assign(environment, { LC_ALL: 'fr_FR.UTF-8', LANG: 'tr_TR.UTF-8', LANGUAGE: 'de:fr', TZ: 'Asia/Kathmandu' });
  },
  'variables that change what git does': ({ environment }) => {
    Object.assign(environment, {
      ...{ GIT_NAMESPACE: 'spaced', GIT_REFLOG_ACTION: 'x', GIT_DEFAULT_HASH: 'sha256', GIT_LITERAL_PATHSPECS: '1' },
      ...{
        GIT_REPLACE_REF_BASE: 'refs/heads/',
        GIT_PAGER: 'false',
        GIT_TRACE: '1',
        GIT_FLUSH: '0',
        GIT_REF_PARANOIA: '0',
      },
      ...{
        GIT_SHALLOW_FILE: '/nonexistent',
        GIT_NOTES_REF: 'refs/notes/x',
        GIT_ATTR_SOURCE: 'HEAD',
        GIT_PREFIX: 'sub/',
      },
    });
  },
};

test.each(Object.entries(HOSTILE))('%s change nothing', async (_name, make) => {
  const hostile = temporaryRepository();
  make(hostile);
  expect(await session(hostile)).toEqual(await session(temporaryRepository()));
});

test('the session writes the ids that it always wrote', async () => {
  expect(await session(temporaryRepository())).toMatchObject({
    first: 'f76f1d6e9c92e10d9292dc38f31af10e5863d746',
  });
});

test('the hooks of the test would have aborted a transaction', () => {
  const repository = temporaryRepository();
  withHooks(repository);
  const blob = repository.git(['hash-object', '-w', '--stdin'], 'x');
  expect(repository.tryGit(['update-ref', 'refs/tags/x', blob]).stderr).toMatch(
    /aborted by (?:the reference-transaction )?hook/,
  );
});

test('children inherit what hooks and configuration mean, and nothing else of git', () => {
  const inherited = {
    ...{
      PATH: '/bin',
      HOME: '/home/x',
      GIT_DIR: '.git',
      GIT_INDEX_FILE: '.git/next-index-1.lock',
      GIT_QUARANTINE_PATH: '/q',
    },
    ...{
      GIT_OBJECT_DIRECTORY: '/q',
      GIT_ALTERNATE_OBJECT_DIRECTORIES: '/o',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'a.b',
    },
    ...{ GIT_CONFIG_PARAMETERS: "'a.b=c'", GIT_TRACE2_EVENT: '/t', GIT_COMMITTER_NAME: 'x', GIT_SSH_COMMAND: 'ssh' },
  };
  const dropped = {
    GIT_NAMESPACE: 'n',
    GIT_TRACE: '1',
    GIT_CONFIG: 'f',
    GIT_PREFIX: 'p',
    GIT_COMMITTER_DATE: 'now',
    GIT_NOTES_REF: 'x',
  };
  const environment = childEnvironment({
    ...inherited,
    ...dropped,
    LC_ALL: 'de_DE',
    TZ: 'Asia/Tokyo',
    GIT_NO_REPLACE_OBJECTS: '',
  });
  expect(environment).toMatchObject({
    ...inherited,
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
  });
  expect(Object.keys(environment).filter((name) => name in dropped)).toEqual([]);
});
