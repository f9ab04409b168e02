/** Weights between clones: what a push makes sure of, what a get and a pull bring, and where remotes are found. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CacheFile, Manifest } from '../../src/domain/manifest.ts';
import type { Version } from '../../src/domain/version.ts';
import { exitCodeOfFetch, fetchWeights } from '../../src/operations/fetch-weights.ts';
import { get } from '../../src/operations/get.ts';
import { lackingWeights } from '../../src/operations/lacking-weights.ts';
import { sendWeights } from '../../src/operations/send-weights.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { type RegistryRig, registryRig, safetensors } from '../support/registry-rig.ts';
import { temporaryFolder, temporaryRepository } from '../support/temporary-repository.ts';

/** A registry with one entry of two weights files. */
interface Rig extends RegistryRig {
  readonly manifest: Manifest;
  readonly files: readonly CacheFile[];
  readonly store: string;
}

async function rig(): Promise<Rig> {
  const made = await registryRig();
  const bundle = made.bundle('b', {
    'a.safetensors': safetensors([1, 2]),
    'b.safetensors': safetensors([3]),
    'c.json': '{}',
  });
  const { manifest } = await made.register(bundle, { version: { kind: 'as', version: 'v1.0.0' as Version } });
  const files = manifest.files.flatMap((file) => (file.store === 'cache' ? [file] : []));
  return { ...made, manifest, files, store: join(temporaryFolder(), 'store') };
}

function configure({ repository }: RegistryRig, key: string, value: string): void {
  repository.git(['config', key, value]);
}

/** Forgets the bytes here, as a fresh clone has none. */
function emptyCache({ repository }: RegistryRig): void {
  rmSync(join(repository.gitDir, 'registry', 'cache'), { recursive: true, force: true });
}

function named(family: 'md5' | 'sha256', file: CacheFile): string {
  return join('files', family, file[family].slice(0, 2), file[family].slice(2));
}

function overwrite(path: string, body: string): void {
  chmodSync(path, 0o644);
  writeFileSync(path, body, 'latin1');
}

function getTo(workspace: Workspace, folder: string) {
  return get(workspace, {
    spec: 'm@v1.0.0',
    destination: () => folder,
    files: [],
    force: false,
    allowTombstoned: false,
  });
}

describe('sending', () => {
  test('makes sure that the remote has every object, read-only as DVC leaves them, and a second time sends none', async () => {
    const { manifest, files, store, ...made } = await rig();
    configure(made, 'registry.weightsRemote', store);
    const planned = await sendWeights(await made.reopen(), { manifests: [manifest], dryRun: true });
    expect(planned.sent).toHaveLength(2);
    expect(existsSync(store)).toBe(false);
    expect(await sendWeights(await made.reopen(), { manifests: [manifest, manifest] })).toEqual({
      ...planned,
      remote: store,
    });
    for (const file of files) expect(statSync(join(store, named('md5', file))).mode & 0o7777).toBe(0o444);
    expect(await sendWeights(await made.reopen(), { manifests: [manifest] })).toEqual({
      remote: store,
      sent: [],
      present: 2,
    });
  });

  test('puts whole what was cut short there', async () => {
    const { manifest, files, store, ...made } = await rig();
    configure(made, 'registry.weightsRemote', store);
    await sendWeights(await made.reopen(), { manifests: [manifest] });
    const [file] = files as [CacheFile];
    overwrite(join(store, named('md5', file)), 'cut');
    expect((await sendWeights(await made.reopen(), { manifests: [manifest] })).sent).toEqual([
      { sha256: file.sha256, bytes: file.bytes },
    ]);
    expect(statSync(join(store, named('md5', file))).size).toBe(file.bytes);
  });

  test('sends no bytes that are not the registered ones', async () => {
    const { manifest, files, store, ...made } = await rig();
    configure(made, 'registry.weightsRemote', store);
    const [file] = files as [CacheFile];
    const path = join(made.repository.gitDir, 'registry', 'cache', named('sha256', file));
    overwrite(path, readFileSync(path, 'latin1').replace('F32', 'F16'));
    await expect(sendWeights(await made.reopen(), { manifests: [manifest] })).rejects.toMatchObject({
      code: 'corrupt-weights',
    });
    expect(existsSync(join(store, named('md5', file)))).toBe(false);
  });

  test('names what is neither here nor there', async () => {
    const { manifest, store, ...made } = await rig();
    configure(made, 'registry.weightsRemote', store);
    emptyCache(made);
    await expect(sendWeights(await made.reopen(), { manifests: [manifest] })).rejects.toMatchObject({
      code: 'weights-missing',
    });
  });

  test('without a remote says how to add one; entries without weights need none', async () => {
    const { manifest, ...made } = await rig();
    await expect(sendWeights(await made.reopen(), { manifests: [manifest] })).rejects.toMatchObject({
      code: 'no-weights-remote',
      data: {
        add: ['git config registry.weightsRemote /mnt/models', 'dvc remote add --default store s3://BUCKET/PREFIX'],
      },
    });
    const bare = { ...manifest, files: manifest.files.filter(({ store }) => store === 'git') };
    expect(await sendWeights(await made.reopen(), { manifests: [bare] })).toEqual({
      remote: null,
      sent: [],
      present: 0,
    });
  });
});

describe('fetching', () => {
  test('brings what the cache lacks, and get does so by itself', async () => {
    const { manifest, files, store, ...made } = await rig();
    configure(made, 'registry.weightsRemote', store);
    await sendWeights(await made.reopen(), { manifests: [manifest] });
    emptyCache(made);
    expect(await lackingWeights(await made.reopen(), [manifest])).toEqual(files);
    const fetched = await fetchWeights(await made.reopen(), {
      manifests: [manifest],
      paths: new Set(['a.safetensors']),
    });
    expect(fetched).toMatchObject({ present: 0, quarantined: [], failed: [], fetched: [{ remote: store }] });
    const folder = join(temporaryFolder(), 'out');
    await getTo(await made.reopen(), folder);
    expect(readdirSync(folder).sort()).toEqual(['a.safetensors', 'b.safetensors', 'c.json']);
    expect(await lackingWeights(await made.reopen(), [manifest])).toEqual([]);
  });

  test('tries the next remote where bytes are wrong, which go to quarantine', async () => {
    const { manifest, files, store, ...made } = await rig();
    const other = join(temporaryFolder(), 'other');
    for (const remote of [other, store]) {
      configure(made, 'registry.weightsRemote', remote);
      await sendWeights(await made.reopen(), { manifests: [manifest] });
    }
    mkdirSync(join(made.repository.folder, '.dvc'));
    writeFileSync(
      join(made.repository.folder, '.dvc', 'config'),
      `[cache]\ndir = ../../cache\n['remote "other"']\n  url = ${other}\n`,
    );
    const [bad] = files as [CacheFile];
    const path = join(store, named('md5', bad));
    overwrite(path, readFileSync(path, 'latin1').replace('F32', 'F16'));
    const opened = await made.reopen();
    const result = await fetchWeights(opened, { manifests: [manifest] });
    expect(result.failed).toEqual([]);
    expect(result.quarantined).toHaveLength(1);
    expect(result.fetched).toContainEqual({ sha256: bad.sha256, bytes: bad.bytes, remote: other });
    expect(existsSync(result.quarantined[0] ?? '')).toBe(true);
  });

  test('one failure stops nothing else, and each kind has its exit code', async () => {
    const { manifest, files, store, ...made } = await rig();
    configure(made, 'registry.weightsRemote', store);
    await sendWeights(await made.reopen(), { manifests: [manifest] });
    emptyCache(made);
    const [gone] = files as [CacheFile];
    renameSync(join(store, named('md5', gone)), join(store, 'elsewhere'));
    const missing = await fetchWeights(await made.reopen(), { manifests: [manifest] });
    expect(missing).toMatchObject({
      fetched: [{}],
      failed: [{ sha256: gone.sha256, path: gone.path, kind: 'missing' }],
    });
    expect(exitCodeOfFetch(missing)).toBe(1);
    mkdirSync(dirname(join(store, named('md5', gone))), { recursive: true });
    writeFileSync(join(store, named('md5', gone)), 'short');
    const corrupt = await fetchWeights(await made.reopen(), { manifests: [manifest] });
    expect(exitCodeOfFetch(corrupt)).toBe(5);
    await expect(getTo(await made.reopen(), join(temporaryFolder(), 'out'))).rejects.toMatchObject({
      code: 'corrupt-weights',
    });
    configure(made, 'registry.weightsRemote', 'http://127.0.0.1:9/models');
    const unreachable = await fetchWeights(await made.reopen(), { manifests: [manifest] });
    expect(exitCodeOfFetch(unreachable)).toBe(75);
  });

  test('get heals a cache whose bytes went bad, from the remote', async () => {
    const { manifest, files, store, ...made } = await rig();
    configure(made, 'registry.weightsRemote', store);
    await sendWeights(await made.reopen(), { manifests: [manifest] });
    const [file] = files as [CacheFile];
    const path = join(made.repository.gitDir, 'registry', 'cache', named('sha256', file));
    overwrite(path, readFileSync(path, 'latin1').replace('F32', 'F16'));
    const folder = join(temporaryFolder(), 'out');
    await getTo(await made.reopen(), folder);
    expect(readFileSync(join(folder, file.path))).toEqual(Buffer.from(safetensors([1, 2])));
  });

  test('get fetches nothing for a destination that it may not write', async () => {
    const { manifest, files, store, ...made } = await rig();
    configure(made, 'registry.weightsRemote', store);
    await sendWeights(await made.reopen(), { manifests: [manifest] });
    emptyCache(made);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mine'), '');
    await expect(getTo(await made.reopen(), folder)).rejects.toMatchObject({ code: 'destination' });
    expect(await lackingWeights(await made.reopen(), [manifest])).toEqual(files);
  });

  test('without a remote get says that the bytes are missing, and how to add one', async () => {
    const { ...made } = await rig();
    emptyCache(made);
    await expect(getTo(await made.reopen(), join(temporaryFolder(), 'out'))).rejects.toMatchObject({
      code: 'weights-missing',
      hint: expect.stringContaining('git config registry.weightsRemote /mnt/models'),
    });
  });
});

describe('the remote is', () => {
  /** Returns the locations of the remotes that are found. */
  async function locations(made: RegistryRig, gitRemote?: string): Promise<readonly string[]> {
    return (await (await made.reopen()).remotes(gitRemote)).map(({ location }) => location);
  }

  function writeDvc({ repository }: RegistryRig, name: string, text: string): void {
    mkdirSync(join(repository.folder, '.dvc'), { recursive: true });
    writeFileSync(join(repository.folder, '.dvc', name), text);
  }

  test('the chosen one, even where the project names one that does not exist', async () => {
    const made = await registryRig();
    writeDvc(made, 'config', '[core]\nremote = nowhere\n');
    await expect(locations(made)).rejects.toMatchObject({ code: 'bad-weights-remote' });
    configure(made, 'registry.weightsRemote', '/mnt/models');
    expect(await locations(made)).toEqual(['/mnt/models']);
  });

  test('none where nothing is configured', async () => {
    expect(await locations(await registryRig())).toEqual([]);
  });

  test('that of the DVC project, by its rules for paths, sections and case', async () => {
    const made = await registryRig();
    writeDvc(made, 'config', `[core]\n    remote = Store\n['remote "Store"']\n    url = ../../far # a comment\n`);
    expect(await locations(made)).toEqual([join(dirname(made.repository.folder), 'far')]);
    writeDvc(made, 'config', '[core]\nremote = s\n[remote "S"]\nurl = s3://bucket/models/\n');
    writeDvc(made, 'config.local', `['remote "s"']\nregion = eu-west-1\n`);
    expect(await locations(made)).toEqual(['s3://bucket/models']);
    writeDvc(made, 'config.local', `[core]\nremote = t\n['remote "t"']\nurl = x\n`);
    expect((await locations(made))[0]).toBe(join(made.repository.folder, '.dvc', 'x'));
  });

  test('one below another of DVC, with its options', async () => {
    const made = await registryRig();
    writeDvc(
      made,
      'config',
      `[core]\nremote = sub\n['remote "base"']\nurl = https://user:pw@example.org/a\n['remote "sub"']\nurl = remote://base/b\n`,
    );
    expect((await locations(made))[0]).toBe('https://example.org/a/b');
  });

  test('that of the user or the machine, where the project names it', async () => {
    const made = await registryRig();
    const home = join(dirname(made.repository.folder), 'home', 'dvc');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'config'), `['remote "team"']\nurl = ~/models\n`);
    writeDvc(made, 'config', '[core]\nremote = team\n');
    expect(await locations(made)).toEqual([join(dirname(home), 'models')]);
  });

  test('what registry.yaml says, or git config, which counts first', async () => {
    const made = await registryRig();
    writeFileSync(join(made.repository.folder, 'registry.yaml'), 'weights:\n  remote: ../store\n  layout: both\n');
    const [store, mine] = [
      join(dirname(made.repository.folder), 'store'),
      join(dirname(made.repository.folder), 'mine'),
    ];
    expect(await locations(made)).toEqual([store]);
    configure(made, 'registry.weightsRemote', '../mine');
    expect(await locations(made)).toEqual([mine, store]);
  });

  test('the cache of a git remote that is a plain folder', async () => {
    const made = await registryRig();
    const [bare, clone] = [temporaryRepository({ bare: true }), temporaryRepository()];
    made.repository.git(['remote', 'add', 'origin', bare.folder]);
    expect(await locations(made)).toEqual([join(bare.folder, 'registry', 'cache')]);
    expect(await locations(made, clone.folder)).toEqual([join(clone.gitDir, 'registry', 'cache')]);
    expect(await locations(made, `file://${clone.folder}`)).toEqual([join(clone.gitDir, 'registry', 'cache')]);
    expect(await locations(made, 'git@example.org:team/models.git')).toEqual([]);
  });

  test('such a folder gets both names, so that it is a whole cache', async () => {
    const { manifest, files, ...made } = await rig();
    const bare = temporaryRepository({ bare: true });
    made.repository.git(['remote', 'add', 'origin', bare.folder]);
    await sendWeights(await made.reopen(), { manifests: [manifest] });
    const [file] = files as [CacheFile];
    const [ours, dvcs] = (['sha256', 'md5'] as const).map((family) =>
      statSync(join(bare.folder, 'registry', 'cache', named(family, file))),
    );
    expect(ours?.ino).toBe(dvcs?.ino);
  });

  test.each(['version_aware', 'worktree'])('never one that is %s', async (kind) => {
    const made = await registryRig();
    writeDvc(made, 'config', `[core]\nremote = s\n['remote "s"']\nurl = s3://b/p\n${kind} = true\n`);
    await expect(locations(made)).rejects.toMatchObject({ code: 'bad-weights-remote' });
  });

  test('named where only DVC could serve it and no dvc is installed', async () => {
    const made = await registryRig();
    made.repository.environment['PATH'] = '/usr/bin:/bin';
    for (const remote of ['url = gs://b/p', 'url = s3://b/p\ngrant_read = id', 'url = ssh://h/p\npassword = x']) {
      writeDvc(made, 'config', `[core]\nremote = s\n['remote "s"']\n${remote}\n`);
      await expect(locations(made)).rejects.toMatchObject({ code: 'bad-weights-remote' });
    }
  });

  test.each(['ssh://-oProxyCommand=x/p', 'ssh://-l@host/p'])('no option of ssh in disguise: %s', async (url) => {
    const made = await registryRig();
    configure(made, 'registry.weightsRemote', url);
    await expect(locations(made)).rejects.toMatchObject({ code: 'bad-weights-remote' });
  });
});
