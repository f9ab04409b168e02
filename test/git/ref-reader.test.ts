/** The program's own reader of refs against git, on refs of any shape. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { isLegalRefName } from '../../src/git/ref-names.ts';
import { RefReader } from '../../src/git/ref-reader.ts';
import { repositoryRunner } from '../../src/git/repository.ts';
import {
  looseCommit,
  type TemporaryRepository,
  temporaryFolder,
  temporaryRepository,
} from '../support/temporary-repository.ts';

const ROOT = 'refs/registry/';

async function readerOf(
  { folder, environment }: TemporaryRepository,
  changes: Record<string, string> = {},
): Promise<RefReader> {
  const repository = await openRepository(folder, environment);
  return new RefReader(repository, repositoryRunner(repository, { ...environment, ...changes }));
}

/** A reader whose git cannot be started: what it answers it has read itself. */
const unaidedReaderOf = (repository: TemporaryRepository): Promise<RefReader> =>
  readerOf(repository, { PATH: temporaryFolder() });

/** What git lists, as `name id`, names by byte. */
function shown(repository: TemporaryRepository, prefix: string): readonly string[] {
  const folder = prefix.slice(0, prefix.lastIndexOf('/'));
  const text = repository.git(['for-each-ref', '--format=%(refname) %(objectname)', folder]);
  return text.split('\n').filter((line) => line.startsWith(prefix));
}

const decoded = (refs: readonly { readonly name: string; readonly id: ObjectId }[]): readonly string[] =>
  refs.map(({ name, id }) => `${Buffer.from(name, 'latin1').toString()} ${id}`);

/** Names that share beginnings, so that searches meet neighbours. */
const names = fc
  .array(
    fc
      .array(
        fc.oneof(
          fc.constantFrom('a', 'ab', 'm', 'm-1', 'm.x', 'z', '%41', 'größe', '模型', 'v1.0.0', 'v1.0.0-rc.1'),
          fc.stringMatching(/^[a-c0-9]{1,4}$/),
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      )
      .map((parts) => ROOT + parts.join('/')),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) => {
    const distinct = [...new Set(all)];
    // Git allows no ref below another.
    return distinct.filter((name) => !distinct.some((other) => name.startsWith(`${other}/`)));
  });

test('finds and lists what git does, in any mixture of packed, moved, deleted and loose refs', async () => {
  const repository = temporaryRepository();
  const ids = ['a', 'b', 'c'].map((label) => looseCommit(repository, label));
  repository.git(['tag', '-a', '-m', 'annotated', 'v1', ids[0] ?? '']);
  const tag = repository.git(['rev-parse', 'v1']);
  const reader = await unaidedReaderOf(repository);
  const transact = (lines: readonly string[]): string =>
    repository.git(['update-ref', '--stdin'], lines.map((line) => `${line}\n`).join(''));

  await fc.assert(
    fc.asyncProperty(names, fc.array(fc.nat(5), { minLength: 40, maxLength: 40 }), async (all, choices) => {
      const choice = (index: number): number => choices[index % choices.length] ?? 0;
      const packed = all.filter((_, index) => choice(index) < 4);
      transact(packed.map((name, index) => `create ${name} ${index % 7 === 0 ? tag : ids[index % 3]}`));
      repository.git(['pack-refs', '--all']);
      transact(packed.filter((_, index) => choice(index + 1) === 0).map((name) => `delete ${name}`));
      transact(packed.filter((_, index) => choice(index + 1) === 1).map((name) => `update ${name} ${ids[2]}`));
      transact(all.filter((name) => !packed.includes(name)).map((name) => `create ${name} ${ids[1]}`));

      for (const prefix of [ROOT, `${ROOT}a`, `${ROOT}a/`, `${ROOT}m/m`, `${ROOT}größ`, `${ROOT}zz`]) {
        expect(decoded(await reader.list(Buffer.from(prefix).toString('latin1')))).toEqual(shown(repository, prefix));
      }
      const values = new Map(shown(repository, ROOT).map((line) => line.split(' ') as [string, string]));
      for (const name of [...all, `${ROOT}absent`, `${ROOT}a/absent`]) {
        expect(await reader.find(Buffer.from(name).toString('latin1'))).toBe(values.get(name));
      }
      transact(shown(repository, ROOT).map((line) => `delete ${line.split(' ')[0]}`));
    }),
    { numRuns: 15 },
  );
});

test('takes a name for legal exactly when git does', () => {
  const repository = temporaryRepository();
  const part = fc.stringMatching(/^[a.@{~^:?*[\\/ -~]{1,6}(\.lock)?$/);
  fc.assert(
    fc.property(
      fc.oneof(
        part,
        fc.constantFrom('\u0001', '\u007f', '@', 'a@{b', '.a', 'a.', 'a..b', 'a.lock', 'a/.b', 'a//b', 'a/', '/a', 'ä'),
      ),
      (text) => {
        const name = `refs/registry/${text}`;
        expect(isLegalRefName(name)).toBe(repository.tryGit(['check-ref-format', name]).exitCode === 0);
      },
    ),
    { numRuns: 150 },
  );
});

describe('packed-refs that are not as git writes them', () => {
  const packed = async (
    change: (text: string) => string,
  ): Promise<{ repository: TemporaryRepository; names: readonly string[] }> => {
    const repository = temporaryRepository();
    const id = looseCommit(repository, 'a');
    const all = Array.from({ length: 50 }, (_, index) => `${ROOT}log/m-${index}`).sort();
    repository.git(['update-ref', '--stdin'], all.map((name) => `create ${name} ${id}\n`).join(''));
    repository.git(['pack-refs', '--all']);
    const path = join(repository.gitDir, 'packed-refs');
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    return { repository, names: all };
  };
  const shuffled = (text: string): string => {
    const [, ...lines] = text.trimEnd().split('\n');
    return `# pack-refs with: peeled fully-peeled \n${lines.reverse().join('\n')}\n`;
  };

  test.each<[string, (text: string) => string]>([
    ['without a header', (text) => text.slice(text.indexOf('\n') + 1)],
    ['with a header that promises no order', shuffled],
    ['with a trait that merely begins like the order', (text) => text.replace(' sorted', ' sorted-by-date')],
  ])('%s are left to git', async (_how, change) => {
    const { repository, names: all } = await packed(change);
    const reader = await readerOf(repository);
    expect(decoded(await reader.list(ROOT))).toEqual(shown(repository, ROOT));
    expect(await reader.find(all[17] ?? '')).toBe(repository.git(['rev-parse', all[17] ?? '']));
    expect(await reader.find(`${ROOT}log/absent`)).toBeUndefined();
    await expect((await unaidedReaderOf(repository)).list(ROOT)).rejects.toMatchObject({ code: 'git-missing' });
  });

  test.each<[string, (text: string) => string]>([
    ['cut in the middle of a line', (text) => text.slice(0, -30)],
    ['with a line that is none', (text) => `${text}garbage\n`],
  ])('%s are a fault, as they are to git', async (_how, change) => {
    const { repository, names: all } = await packed(change);
    const reader = await readerOf(repository);
    await expect(reader.list(ROOT)).rejects.toMatchObject({ code: 'git-failed', data: { command: 'for-each-ref' } });
    expect(await reader.find(all[0] ?? '')).toMatch(/^[0-9a-f]{40}$/);
  });

  test('that are empty hold nothing', async () => {
    const { repository, names: all } = await packed(() => '');
    const reader = await unaidedReaderOf(repository);
    expect(await reader.list(ROOT)).toEqual([]);
    expect(await reader.find(all[0] ?? '')).toBeUndefined();
  });
});

test('a symbolic link among the refs is a symbolic ref, as it was in old repositories', async () => {
  const repository = temporaryRepository();
  const id = looseCommit(repository, 'a');
  repository.git(['update-ref', `${ROOT}log/m`, id]);
  repository.git(['pack-refs', '--all']);
  mkdirSync(join(repository.gitDir, ROOT, 'log'), { recursive: true });
  symlinkSync(`${ROOT}log/m`, join(repository.gitDir, ROOT, 'log', 'link'));
  const reader = await readerOf(repository);
  expect(await reader.find(`${ROOT}log/link`)).toBe(id);
  expect(decoded(await reader.list(ROOT))).toEqual(shown(repository, ROOT));
});

test('a listing sees each ref once while another process packs and moves refs', async () => {
  const repository = temporaryRepository();
  const [a = '', b = ''] = ['a', 'b'].map((label) => looseCommit(repository, label));
  const all = Array.from({ length: 200 }, (_, index) => `${ROOT}log/m-${String(index).padStart(3, '0')}`);
  const write = (id: string): string =>
    repository.git(['update-ref', '--stdin'], all.map((name) => `update ${name} ${id}\n`).join(''));
  write(a);
  const reader = await unaidedReaderOf(repository);
  const { folder, environment } = repository;
  const git = repositoryRunner(await openRepository(folder, environment), environment);
  for (const id of [b, a, b]) {
    write(id);
    let isPacking = true;
    const packing = git.run(['pack-refs', '--all']).finally(() => {
      isPacking = false;
    });
    while (isPacking) {
      expect((await reader.list(ROOT)).map(({ name, id: target }) => `${name} ${target}`)).toEqual(
        all.map((name) => `${name} ${id}`),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    await packing;
  }
});

test('refs are read by git where only git knows how they are stored', async () => {
  const repository = temporaryRepository();
  const id = looseCommit(repository, 'a');
  repository.git(['update-ref', `${ROOT}log/m`, id]);
  const opened = await openRepository(repository.folder, repository.environment);
  const reader = new RefReader({ ...opened, refFormat: 'other' }, repositoryRunner(opened, repository.environment));
  expect(decoded(await reader.list(`${ROOT}log/`))).toEqual([`${ROOT}log/m ${id}`]);
  expect(await reader.find(`${ROOT}log/m`)).toBe(id);
  expect(await reader.find(`${ROOT}log/absent`)).toBeUndefined();
  rmSync(join(repository.gitDir, ROOT, 'log', 'm'));
  expect(await reader.list(ROOT)).toEqual([]);
});
