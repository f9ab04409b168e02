/** GTO tags on a remote, as git sees them; what stock GTO and DVC make of them is in test/interop/gto.test.ts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readVersionRequest, type VersionRequest } from '../../../src/operations/choose-version.ts';
import { promote } from '../../../src/operations/promote.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { type SyncClone, type SyncRig, syncRig } from '../../support/sync-rig.ts';

const ALL = { words: [] };

function asked(text: string): { version: VersionRequest } {
  return { version: readVersionRequest(text, undefined) as VersionRequest };
}

async function taggingClone(rig: SyncRig, person: string): Promise<SyncClone> {
  const clone = await rig.clone(person);
  clone.repository.git(['config', 'registry.gtoTags', 'true']);
  return { ...clone, workspace: await clone.reopen() };
}

function tagsOf({ remote }: SyncRig): readonly string[] {
  return remote.git(['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/tags']).trim().split('\n');
}

function namesOf(rig: SyncRig): readonly string[] {
  return tagsOf(rig).map((line) => line.split(' ')[1] ?? '');
}

describe.each(['sha1', 'sha256'] as const)('in a %s repository', (format) => {
  test('a push makes a tag for each version and each move, sound to git, of one commit a version', async () => {
    const rig = syncRig(format);
    const ada = await taggingClone(rig, 'ada');
    await ada.register(1, asked('1.0.0'));
    await promote(ada.workspace, { spec: 'm@v1.0.0', to: 'staging' });
    await promote(ada.workspace, { spec: 'm@v1.0.0', ...asked('1.0.1') });
    expect(await push(ada.workspace, ALL)).toMatchObject({ gtoTags: { pushed: 3, skipped: [] }, issues: [] });
    expect(namesOf(rig)).toEqual(['m#staging#2', 'm@v1.0.0', 'm@v1.0.1']);
    expect(rig.remote.git(['fsck', '--strict', '--no-dangling'])).toBe('');
    const commitOf = (tag: string): string => rig.remote.git(['rev-parse', `${tag}^{commit}`]).trim();
    expect(commitOf('m#staging#2')).toBe(commitOf('m@v1.0.0'));
    expect(commitOf('m@v1.0.1')).not.toBe(commitOf('m@v1.0.0'));
    expect(rig.remote.git(['rev-parse', 'm@v1.0.0^{commit}^'])).toBe(
      rig.remote.git(['rev-parse', 'refs/registry/semver/m/v1.0.0']),
    );
  });
});

test('without the setting no tag is made', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1, asked('1.0.0'));
  expect((await push(ada.workspace, ALL)).gtoTags).toBeUndefined();
  expect(rig.remote.git(['tag'])).toBe('');
});

test('a second push makes what is new alone, and a dry run nothing', async () => {
  const rig = syncRig();
  const ada = await taggingClone(rig, 'ada');
  await ada.register(1, asked('1.0.0'));
  await push(ada.workspace, ALL);
  const before = tagsOf(rig);
  expect(await push(ada.workspace, ALL)).toMatchObject({ gtoTags: { pushed: 0 }, issues: [] });
  await ada.register(2, asked('1.1.0'));
  await push(ada.workspace, { words: [], dryRun: true });
  expect(tagsOf(rig)).toEqual(before);
  expect(await push(ada.workspace, ALL)).toMatchObject({ gtoTags: { pushed: 1 } });
  expect(tagsOf(rig)).toEqual(expect.arrayContaining([...before]));
});

test('a dry run counts what the push then makes, events that only this push publishes included', async () => {
  const rig = syncRig();
  const ada = await taggingClone(rig, 'ada');
  const counted = async (): Promise<void> => {
    const before = rig.remote.git(['for-each-ref']);
    const { gtoTags, views, logs } = await push(ada.workspace, { words: [], dryRun: true });
    expect(rig.remote.git(['for-each-ref'])).toBe(before);
    expect(gtoTags?.pushed).toBeGreaterThan(0);
    expect(await push(ada.workspace, ALL)).toMatchObject({ gtoTags, views, logs, issues: [] });
  };
  await ada.register(1, asked('1.0.0'));
  await promote(ada.workspace, { spec: 'm@v1.0.0', to: 'staging' });
  await counted();
  await ada.register(2, asked('1.1.0'));
  await ada.register(3, { ...asked('1.0.0'), model: 'a.b' });
  await promote(ada.workspace, { spec: 'm@v1.1.0', to: 'staging' });
  await counted();
});

test('clones without code make the same tags, to the byte', async () => {
  const [one, two] = [syncRig(), syncRig()];
  const ada = await taggingClone(one, 'ada');
  await ada.register(1, asked('1.0.0'));
  await push(ada.workspace, ALL);
  const bo = await taggingClone(one, 'bo');
  await pull(bo.workspace, { ...ALL, weights: true });
  await push(bo.workspace, { words: [two.remote.folder] });
  expect(tagsOf(two)).toEqual(tagsOf(one));
});

test('the commit has what forges and DVC read at the top of the code, and nothing else of it', async () => {
  const rig = syncRig();
  const ada = await taggingClone(rig, 'ada');
  const { folder } = ada.repository;
  for (const [path, text] of [
    ['.github/workflows/deploy.yml', 'on: push\n'],
    ['.gitlab-ci.yml', 'deploy: {}\n'],
    ['.dvc/config', '[core]\n'],
    ['dvc.yaml', 'stages: {}\n'],
    ['src/secret.py', 'x\n'],
  ] as const) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  ada.repository.git(['add', '.']);
  ada.repository.git(['commit', '--quiet', '-m', 'code']);
  await ada.register(1, asked('1.0.0'));
  await push(ada.workspace, ALL);
  const files = rig.remote.git(['ls-tree', '-r', '--name-only', 'm@v1.0.0']).trim().split('\n');
  expect(files.filter((path) => !path.startsWith('bundle/'))).toEqual([
    '.dvc/config',
    '.github/workflows/deploy.yml',
    '.gitlab-ci.yml',
    'dvc.yaml',
    'manifest.json',
  ]);
  expect(rig.remote.git(['show', 'm@v1.0.0:dvc.yaml'])).toContain('path: "bundle/model.safetensors"');
});

test('a clone whose code differs takes the tags that are there for what they are, and adds to them', async () => {
  const rig = syncRig();
  const ada = await taggingClone(rig, 'ada');
  writeFileSync(join(ada.repository.folder, '.gitlab-ci.yml'), 'deploy: {}\n');
  ada.repository.git(['add', '.']);
  ada.repository.git(['commit', '--quiet', '-m', 'code']);
  await ada.register(1, asked('1.0.0'));
  await push(ada.workspace, ALL);
  const bo = await taggingClone(rig, 'bo');
  await pull(bo.workspace, ALL);
  expect(await push(bo.workspace, ALL)).toMatchObject({ gtoTags: { pushed: 0 }, issues: [] });
  await promote(bo.workspace, { spec: 'm@v1.0.0', to: 'staging' });
  expect(await push(bo.workspace, ALL)).toMatchObject({ gtoTags: { pushed: 1 }, issues: [] });
  expect(rig.remote.git(['rev-parse', 'm#staging#2^{commit}'])).toBe(
    rig.remote.git(['rev-parse', 'm@v1.0.0^{commit}']),
  );
});

test.each(['an annotated', 'a plain'])(
  '%s tag of that name with another target is reported and stays',
  async (kind) => {
    const rig = syncRig();
    const ada = await taggingClone(rig, 'ada');
    const { repository } = ada;
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'elsewhere']);
    repository.git(['tag', ...(kind === 'a plain' ? [] : ['-a', '-m', 'mine']), 'm@v1.0.0']);
    repository.git(['push', '--quiet', 'origin', 'm@v1.0.0']);
    repository.git(['tag', '-d', 'm@v1.0.0']);
    const before = tagsOf(rig);
    await ada.register(1, asked('1.0.0'));
    await ada.register(2, asked('1.1.0'));
    await promote(ada.workspace, { spec: 'm@v1.0.0', to: 'staging' });
    const pushed = await push(ada.workspace, ALL);
    expect(pushed.issues).toMatchObject([{ code: 'tag-taken', data: { tag: 'm@v1.0.0' } }]);
    expect(pushed.logs).toHaveLength(1);
    expect(namesOf(rig)).toEqual(['m@v1.0.0', 'm@v1.1.0']);
    expect(tagsOf(rig)).toEqual(expect.arrayContaining([...before]));
  },
);

test('a model that GTO cannot spell is named, and the others have their tags', async () => {
  const rig = syncRig();
  const ada = await taggingClone(rig, 'ada');
  await ada.register(1, { ...asked('1.0.0'), model: 'a.b' });
  await ada.register(2, asked('1.0.0'));
  const { gtoTags, issues } = await push(ada.workspace, ALL);
  expect(gtoTags).toEqual({ pushed: 1, skipped: [{ what: 'a.b', why: 'no name that GTO can spell' }] });
  expect(issues).toEqual([]);
});

test('two who push at once make one set of tags', async () => {
  const rig = syncRig();
  const [ada, bo] = [await taggingClone(rig, 'ada'), await taggingClone(rig, 'bo')];
  await ada.register(1, { ...asked('1.0.0'), model: 'one' });
  await bo.register(2, { ...asked('1.0.0'), model: 'two' });
  const done = await Promise.all([push(ada.workspace, ALL), push(bo.workspace, ALL)]);
  expect(done.flatMap(({ issues }) => issues)).toEqual([]);
  expect(namesOf(rig)).toEqual(['one@v1.0.0', 'two@v1.0.0']);
});
