/** `check --staged` compares the refs with the logs once: again only where a ref is another. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Version } from '../../src/domain/version.ts';
import { check } from '../../src/operations/check.ts';
import { verify } from '../../src/operations/verify.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { lmBundle, type RegistryRig, registryRig } from '../support/registry-rig.ts';
import { looseCommit } from '../support/temporary-repository.ts';

const VERSION = 'refs/registry/semver/m/v1.0.0';
const STAGE = 'refs/registry/stage/m/production';

let rig: RegistryRig;

beforeEach(async () => {
  rig = await registryRig();
  await rig.register(rig.bundle('one', lmBundle(1)), { version: { kind: 'as', version: 'v1.0.0' as Version } });
});

interface Checked {
  readonly compared: boolean;
  readonly codes: readonly string[];
  readonly models: number;
}

/** Checks as a process of its own would, and tells whether all refs were read to be compared. */
async function checked(staged = true): Promise<Checked> {
  const workspace = await rig.reopen();
  let compared = false;
  const { refs } = workspace;
  const watched: Workspace['refs'] = {
    find: (key) => refs.find(key),
    list: (filter) => {
      compared ||= filter.kind === 'all';
      return refs.list(filter);
    },
    apply: (updates) => refs.apply(updates),
    nameOf: (key) => refs.nameOf(key),
  };
  const result = await check({ ...workspace, refs: watched }, { staged });
  return { compared, codes: result.findings.map(({ code }) => code), models: result.checked.models };
}

const AGAIN: Checked = { compared: true, codes: [], models: 1 };
const SPARED: Checked = { compared: false, codes: [], models: 1 };

const stamp = (): string => join(rig.repository.gitDir, 'registry', 'checked', 'refs');

test('nothing moved: the second check compares nothing and says the same', async () => {
  expect(await checked()).toEqual(AGAIN);
  expect(await checked()).toEqual(SPARED);
  expect(readdirSync(dirname(stamp()))).toEqual(['refs']);
});

test('a check of the work tree compares always, and so does verify', async () => {
  await checked();
  expect(await checked(false)).toEqual(AGAIN);
  rig.repository.git(['update-ref', '-d', VERSION]);
  writeFileSync(stamp(), `${(await (await rig.reopen()).goodRefs()).digest()}\n`);
  expect((await checked()).codes).toEqual([]);
  expect((await checked(false)).codes).toEqual(['view-missing']);
  const report = await verify(await rig.reopen(), { specs: [], weights: false });
  expect(report.ok).toBe(false);
});

test('the file is throw-away: deleted, torn, or not to be written, it changes no answer', async () => {
  await checked();
  rmSync(stamp());
  expect(await checked()).toEqual(AGAIN);
  writeFileSync(stamp(), readFileSync(stamp(), 'utf8').slice(0, 20));
  expect(await checked()).toEqual(AGAIN);
  rmSync(dirname(stamp()), { recursive: true });
  writeFileSync(dirname(stamp()), 'in the way');
  expect(await checked()).toEqual(AGAIN);
  expect(await checked()).toEqual(AGAIN);
});

test('what was found is found again: only a comparison without findings is kept', async () => {
  rig.repository.git(['update-ref', '-d', VERSION]);
  expect(await checked()).toMatchObject({ compared: true, codes: ['view-missing'] });
  expect(existsSync(stamp())).toBe(false);
  expect(await checked()).toMatchObject({ compared: true, codes: ['view-missing'] });
});

test('a new event is compared once, then kept', async () => {
  await checked();
  await rig.register(rig.bundle('two', lmBundle(2)));
  expect(await checked()).toEqual(AGAIN);
  expect(await checked()).toEqual(SPARED);
});

test('packing refs costs one comparison', async () => {
  await checked();
  rig.repository.git(['pack-refs', '--all']);
  expect(await checked()).toEqual(AGAIN);
  expect(await checked()).toEqual(SPARED);
});

test('refs that are not the registry’s do not count', async () => {
  rig.repository.git(['pack-refs', '--all']);
  await checked();
  rig.repository.git(['update-ref', 'refs/heads/other', looseCommit(rig.repository, 'other')]);
  rig.repository.git(['pack-refs', '--all']);
  expect(await checked()).toEqual(SPARED);
});

test('pins are judged each time', async () => {
  await checked();
  writeFileSync(join(rig.repository.folder, 'registry.lock'), 'nonsense');
  rig.repository.git(['add', '.']);
  expect(await checked()).toMatchObject({ compared: false, codes: ['lock-broken'] });
});

test('a linked work tree knows what another compared', async () => {
  const { folder, git } = rig.repository;
  git(['commit', '--allow-empty', '--quiet', '--message=first']);
  const linked = join(dirname(folder), 'linked');
  git(['worktree', 'add', '--quiet', '-b', 'side', linked]);
  await checked();
  expect((await (await rig.reopen(linked)).goodRefs()).isGood(readFileSync(stamp(), 'utf8').trim())).toBe(true);
});

describe.each(['loose', 'packed'])('after a comparison of %s refs', (kind) => {
  beforeEach(async () => {
    if (kind === 'packed') rig.repository.git(['pack-refs', '--all']);
    await checked();
    expect(await checked()).toEqual(SPARED);
  });

  test.each<readonly [what: string, code: string, change: (other: string) => readonly string[]]>([
    ['a changed ref', 'view-tampered', (other) => [VERSION, other]],
    ['an added ref', 'view-stale', (other) => [STAGE, other]],
    ['a removed ref', 'view-missing', () => ['-d', VERSION]],
    ['an odd ref', 'ref-odd', (other) => ['refs/registry/odd', other]],
    ['a symbolic ref', 'ref-odd', () => ['refs/registry/odd', VERSION]],
  ])('%s is found', async (_what, code, change) => {
    const args = change(looseCommit(rig.repository, 'other'));
    rig.repository.git(args[1] === VERSION && args[0] !== '-d' ? ['symbolic-ref', ...args] : ['update-ref', ...args]);
    expect(await checked()).toMatchObject({ compared: true, codes: [code] });
  });
});

test.each(['in place', 'by a new file'])(
  'packed refs replaced %s, of the same size and time, are found',
  async (how) => {
    rig.repository.git(['pack-refs', '--all']);
    await checked();
    expect(await checked()).toEqual(SPARED);
    const path = join(rig.repository.gitDir, 'packed-refs');
    const [text, { atime, mtime, size }] = [readFileSync(path, 'utf8'), statSync(path)];
    const target = rig.repository.git(['rev-parse', VERSION]);
    const other = looseCommit(rig.repository, 'other');
    if (how === 'by a new file') rmSync(path);
    writeFileSync(path, text.replace(`${target} ${VERSION}`, `${other} ${VERSION}`));
    utimesSync(path, atime, mtime);
    expect(statSync(path).size).toBe(size);
    expect(await checked()).toMatchObject({ compared: true, codes: ['view-tampered'] });
  },
);

test('a clone that is cut is compared again', async () => {
  await checked();
  writeFileSync(
    join(rig.repository.gitDir, 'shallow'),
    `${rig.repository.git(['rev-parse', 'refs/registry/log/m'])}\n`,
  );
  expect((await checked()).compared).toBe(true);
});
