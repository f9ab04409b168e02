/** Stock DVC reads what we wrote, and we read what it wrote. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorkspace } from '../../src/cli/compose.ts';
import type { Manifest } from '../../src/domain/manifest.ts';
import { pointerText } from '../../src/domain/pointer.ts';
import { fetchWeights } from '../../src/operations/fetch-weights.ts';
import { keep } from '../../src/operations/keep.ts';
import { lackingWeights } from '../../src/operations/lacking-weights.ts';
import { repair } from '../../src/operations/repair.ts';
import { sendWeights } from '../../src/operations/send-weights.ts';
import { verify } from '../../src/operations/verify.ts';
import { SILENT } from '../../src/ports/progress.ts';
import { digestFile } from '../../src/weights/digest-file.ts';
import { dirDigest, listFolder } from '../../src/weights/dvc-folder.ts';
import { runJson } from '../support/cli.ts';
import { type Dvc, dvcIn, findDvcProgram } from '../support/dvc.ts';
import { type RegistryRig, registerIn, registryRig, safetensors, writeBundle } from '../support/registry-rig.ts';
import { findS3Server, startS3 } from '../support/servers/s3-server.ts';
import { temporaryFolder, temporaryRepository } from '../support/temporary-repository.ts';

const lacksDvc = findDvcProgram() === undefined;

/** A DVC project with a remote in a folder. */
interface Project extends RegistryRig {
  readonly dvc: Dvc;
  readonly folder: string;
  readonly store: string;
}

async function project(): Promise<Project> {
  const rig = await registryRig();
  const { folder, environment } = rig.repository;
  const dvc = dvcIn(folder, environment);
  const store = join(temporaryFolder(), 'store');
  dvc.run('init', '--quiet');
  dvc.run('remote', 'add', '--default', 'store', store);
  return { ...rig, workspace: await rig.reopen(), dvc, folder, store };
}

/** Puts an entry's files into the work tree as stock git does: manifest, small files, and pointers. */
function checkOut({ repository, folder }: Project, commit: string): void {
  repository.git(['read-tree', '--prefix=entry/', '-u', commit]);
  expect(existsSync(join(folder, 'entry', 'bundle'))).toBe(true);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

function modesBelow(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(paths.map((path) => [path, (statSync(join(folder, path)).mode & 0o7777).toString(8)]));
}

async function register(made: Project, files: Readonly<Record<string, string | Uint8Array>>) {
  return registerIn(made.workspace, made.bundle(`b${Object.keys(files).length}`, files));
}

const BUNDLE = {
  'model.safetensors': safetensors([1, 2, 3]),
  'deep/other model.bin': 'x'.repeat(5000),
  'config.json': '{}',
};

describe.skipIf(lacksDvc)('stock DVC', () => {
  /** Lets DVC track files, and returns its pointers and ours by name. */
  async function pointers(made: Project, files: Readonly<Record<string, string>>) {
    writeBundle(made.folder, files);
    made.dvc.run('add', '--quiet', '--', ...Object.keys(files));
    const [theirs, ours] = [new Map<string, string>(), new Map<string, string>()];
    for (const name of Object.keys(files)) {
      const { md5, bytes } = await digestFile(join(made.folder, name));
      theirs.set(name, readFileSync(join(made.folder, `${name}.dvc`), 'utf8'));
      ours.set(name, pointerText({ md5, bytes, path: name }));
    }
    return { theirs, ours };
  }

  test('writes the same pointers, also where YAML would take an MD5 for a number', async () => {
    // Their MD5s are 32 digits, and 32 digits but for an e.
    const numbers = { 'digits.bin': '1518375', 'exponent.bin': '46793' };
    const names = ['model.safetensors', 'x.y-z_1.bin', 'pytorch_model-00001-of-00002.bin', 'A.gguf', 'LICENSE.txt'];
    const plain = Object.fromEntries(names.map((name) => [name, `content of ${name}`]));
    const { theirs, ours } = await pointers(await project(), { ...plain, ...numbers });
    expect(ours).toEqual(theirs);
    expect(ours.get('digits.bin')).toContain("- md5: '93240121540327474319550261818423'\n");
  });

  test('reads our pointers of odd names, which are quoted more than its own, as the same files', async () => {
    const made = await project();
    const names = [
      'a b.bin',
      'größe.bin',
      '123.bin',
      '-x.bin',
      'a#b.bin',
      "it's.bin",
      'true',
      '😀.bin',
      '[x].bin',
      'a,b.bin',
    ];
    const { ours } = await pointers(made, Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
    for (const [name, text] of ours) writeFileSync(join(made.folder, `${name}.dvc`), text);
    expect(made.dvc.run('status')).toContain('up to date');
    for (const name of names) rmSync(join(made.folder, name));
    made.dvc.run('checkout', '--quiet');
    for (const name of names) expect(readFileSync(join(made.folder, name), 'utf8')).toBe(`content of ${name}`);
  });

  test('gives folders the same ids', async () => {
    const { dvc, folder } = await project();
    writeBundle(join(folder, 'data'), {
      '\uffee.bin': 'foo',
      '\u{1f600}.bin': 'bar',
      'a b.bin': '',
      'q"\\é/x.bin': 'foo',
    });
    dvc.run('add', '--quiet', 'data');
    const files = await Promise.all(
      (await listFolder(join(folder, 'data'))).map(async ({ relpath, path }) => ({
        relpath,
        md5: (await digestFile(path)).md5,
      })),
    );
    expect(dirDigest(files)).toBe('7bdeb798c78d51204657cb76cffb1039.dir');
    expect(readFileSync(join(folder, 'data.dvc'), 'utf8')).toContain('md5: 7bdeb798c78d51204657cb76cffb1039.dir\n');
  });

  test('fills the checkout of an entry from what we sent, finds nothing to push, and its status is clean', async () => {
    const made = await project();
    const { manifest, commit } = await register(made, BUNDLE);
    await sendWeights(made.workspace, { manifests: [manifest] });
    rmSync(join(made.folder, '.dvc', 'cache'), { recursive: true });
    checkOut(made, commit);
    made.dvc.run('pull', '--quiet');
    for (const [path, content] of Object.entries(BUNDLE)) {
      expect(readFileSync(join(made.folder, 'entry', 'bundle', path)).equals(Buffer.from(content))).toBe(true);
    }
    expect(made.dvc.run('status')).toContain('up to date');
    expect(made.dvc.run('status', '--cloud')).toContain('in sync');
    expect(made.dvc.run('push')).toContain('Everything is up to date');
  });

  test('keeps a clean status over a work tree whose objects we stored', async () => {
    const made = await project();
    const bundle = writeBundle(join(made.folder, 'model'), { 'model.safetensors': safetensors([4]) });
    await registerIn(made.workspace, bundle);
    made.dvc.run('add', '--quiet', 'model/model.safetensors');
    expect(made.dvc.run('status')).toContain('up to date');
    expect(made.dvc.run('push')).toContain('1 file pushed');
  });

  test('finds objects of our cache whole, and pushes them itself where we did not', async () => {
    const made = await project();
    const { commit, manifest } = await register(made, BUNDLE);
    checkOut(made, commit);
    made.dvc.run('checkout', '--quiet');
    expect(made.dvc.run('push')).toContain('2 files pushed');
    expect(await sendWeights(made.workspace, { manifests: [manifest] })).toMatchObject({ sent: [], present: 2 });
  });

  test('leaves modes as we do, alone and for a group', async () => {
    for (const shared of [false, true]) {
      const [theirs, ours] = [await project(), await project()];
      for (const made of [theirs, ours]) {
        if (shared) made.dvc.run('config', 'cache.shared', 'group');
        writeFileSync(join(made.folder, 'model.bin'), 'weights');
      }
      theirs.dvc.run('add', '--quiet', 'model.bin');
      theirs.dvc.run('push', '--quiet');
      const opened = await ours.reopen();
      const { manifest } = await registerIn(opened, join(ours.folder, 'model.bin'));
      await sendWeights(opened, { manifests: [manifest] });
      const objects = (made: Project): Readonly<Record<string, string>> =>
        modesBelow(join(made.folder, '.dvc', 'cache', 'files', 'md5'));
      const known = Object.keys(objects(theirs));
      expect(Object.fromEntries(Object.entries(objects(ours)).filter(([path]) => known.includes(path)))).toEqual(
        objects(theirs),
      );
      const remote = (made: Project): readonly string[] =>
        filesBelow(join(made.store, 'files', 'md5')).map(
          (path) => `${path} ${modesBelow(join(made.store, 'files', 'md5'))[path]}`,
        );
      expect(remote(ours)).toEqual(remote(theirs));
    }
  });

  test('gets a file of an entry by revision where the project is told with --config', async () => {
    const made = await project();
    const { manifest, commit } = await register(made, BUNDLE);
    await sendWeights(made.workspace, { manifests: [manifest] });
    rmSync(join(made.folder, '.dvc', 'cache'), { recursive: true });
    const out = join(temporaryFolder(), 'model.safetensors');
    const config = join(made.folder, '.dvc', 'config');
    made.dvc.run('get', '.', 'bundle/model.safetensors', '--rev', commit, '--config', config, '--out', out);
    expect(readFileSync(out).equals(Buffer.from(BUNDLE['model.safetensors']))).toBe(true);
  });
});

/** Returns which gc takes each of the objects that are at risk. */
async function atRisk(made: Project): Promise<readonly (string | undefined)[]> {
  const { findings } = await verify(await made.reopen(), { specs: [], weights: false, gcRisk: true });
  const risks = findings.filter(({ code }) => code === 'gc-risk');
  return risks.map(({ message }) => /: (every|.*) (?:dvc gc )?takes it$/.exec(message)?.[1]);
}

describe.skipIf(lacksDvc)('dvc gc', () => {
  test('takes the names of DVC, and repair brings them back from ours', async () => {
    const made = await project();
    const { manifest } = await register(made, BUNDLE);
    expect(await atRisk(made)).toEqual(['every', 'every']);
    made.dvc.run('gc', '--workspace', '--force', '--quiet');
    const cache = join(made.folder, '.dvc', 'cache', 'files');
    expect(filesBelow(join(cache, 'md5'))).toEqual([]);
    expect(filesBelow(join(cache, 'sha256'))).toHaveLength(2);
    const lost = await verify(made.workspace, { specs: [], weights: true });
    expect(lost.findings.filter(({ code }) => code === 'weights-name-missing')).toHaveLength(2);
    expect(await lackingWeights(made.workspace, [manifest])).toEqual([]);
    await repair(made.workspace, { weights: true, dryRun: false });
    expect((await verify(made.workspace, { specs: [], weights: true })).ok).toBe(true);
    expect(filesBelow(join(cache, 'md5'))).toHaveLength(2);
  });

  test.each(['both', 'dvc'] as const)('with --cloud leaves what layout %s leaves it', async (layout) => {
    const made = await project();
    writeFileSync(join(made.folder, 'registry.yaml'), `weights:\n  layout: ${layout}\n`);
    const { manifest } = await register(made, BUNDLE);
    made.repository.git(['remote', 'add', 'origin', temporaryRepository({ bare: true }).folder]);
    const options = { cwd: made.folder, env: made.repository.environment };
    runJson(['push'], options);
    made.dvc.run('gc', '--workspace', '--cloud', '--force', '--quiet');
    expect(filesBelow(join(made.store, 'files', 'md5'))).toEqual([]);
    // Ours are still in the cache, and the events on the git remote: only --weights looks.
    expect(runJson(['push'], options)).toMatchObject({ logs: [], weights: null });
    const weights = { remote: made.store, sent: [{}, {}], present: 0, lacking: 0 };
    expect(runJson(['push', '--weights'], options)).toMatchObject({ logs: [], weights });
    expect(filesBelow(join(made.store, 'files', 'md5'))).toHaveLength(2);
    made.dvc.run('gc', '--workspace', '--cloud', '--force', '--quiet');
    rmSync(join(made.folder, '.dvc', 'cache'), { recursive: true });
    const fetched = await fetchWeights(await made.reopen(), { manifests: [manifest] });
    expect(fetched.failed).toHaveLength(layout === 'both' ? 0 : 2);
  });

  test('spares what keep has committed to a branch, also on the remote', async () => {
    const made = await project();
    const { manifest } = await register(made, BUNDLE);
    await sendWeights(made.workspace, { manifests: [manifest] });
    const kept = await keep(made.workspace, { branch: 'registry-keep' });
    expect(kept).toMatchObject({ created: true, objects: 2, entries: 1 });
    expect(await keep(made.workspace, { branch: 'registry-keep' })).toEqual({ ...kept, created: false });
    for (const scope of ['--all-commits', '--all-branches']) made.dvc.run('gc', scope, '--cloud', '--force', '--quiet');
    for (const folder of [made.store, join(made.folder, '.dvc', 'cache')]) {
      expect(filesBelow(join(folder, 'files', 'md5'))).toHaveLength(2);
    }
    expect(await atRisk(made)).toEqual(['dvc gc --workspace', 'dvc gc --workspace']);
  });

  test('spares what is in a tracked folder', async () => {
    const made = await project();
    const bundle = writeBundle(join(made.folder, 'model'), { 'model.safetensors': safetensors([1]) });
    made.dvc.run('add', '--quiet', 'model');
    await registerIn(made.workspace, bundle);
    expect(await atRisk(made)).toEqual([]);
    made.dvc.run('gc', '--workspace', '--force', '--quiet');
    expect((await verify(made.workspace, { specs: [], weights: true })).ok).toBe(true);
  });

  test('spares what a pointer on a branch names', async () => {
    const made = await project();
    const { manifest, commit } = await register(made, BUNDLE);
    await sendWeights(made.workspace, { manifests: [manifest] });
    checkOut(made, commit);
    made.repository.git(['add', '.dvc/config', '.dvc/.gitignore']);
    made.repository.git(['commit', '--quiet', '--message', 'what we registered']);
    made.repository.git(['switch', '--quiet', '--orphan', 'other']);
    made.repository.git(['checkout', 'main', '--', '.dvc']);
    expect(await atRisk(made)).toEqual(['dvc gc --workspace', 'dvc gc --workspace']);
    made.dvc.run('gc', '--all-branches', '--cloud', '--force', '--quiet');
    expect(filesBelow(join(made.store, 'files', 'md5'))).toHaveLength(2);
  });
});

describe.skipIf(lacksDvc)('what stock DVC wrote is read:', () => {
  test('a tracked file and a tracked folder, from its cache and from its remote', async () => {
    const made = await project();
    const files = { 'model.safetensors': safetensors([7, 8]), 'parts/one.bin': 'one', 'parts/two ü.bin': 'two' };
    const bundle = writeBundle(join(made.folder, 'bundle'), files);
    made.dvc.run('add', '--quiet', 'bundle/model.safetensors', 'bundle/parts');
    made.dvc.run('push', '--quiet');
    for (const name of ['model.safetensors', 'parts']) rmSync(join(bundle, name), { recursive: true, force: true });
    const fromCache = await registerIn(made.workspace, bundle);
    expect(fromCache.manifest.files.map(({ path }) => path)).toEqual(Object.keys(files));
    rmSync(join(made.folder, '.dvc', 'cache'), { recursive: true });
    const fromRemote = await registerIn(await made.reopen(), bundle, { model: 'n' });
    expect(fromRemote.sha256).toBe(fromCache.sha256);
    const plain = await registerIn(made.workspace, made.bundle('plain', files), { model: 'o' });
    expect(plain.sha256).toBe(fromCache.sha256);
  });

  test('objects on its remote fill our cache', async () => {
    const made = await project();
    const { manifest, commit } = await register(made, BUNDLE);
    checkOut(made, commit);
    made.dvc.run('checkout', '--quiet');
    made.dvc.run('push', '--quiet');
    rmSync(join(made.folder, '.dvc', 'cache'), { recursive: true });
    const fetched = await fetchWeights(await made.reopen(), { manifests: [manifest] });
    expect(fetched).toMatchObject({ failed: [], quarantined: [], fetched: [{}, {}] });
  });

  test('configurations of every level, with odd values', async () => {
    const made = await project();
    made.dvc.run('remote', 'add', '--force', '--default', 'Odd Name', '../a, b #c');
    made.dvc.run('remote', 'add', '--local', 'below', 'remote://odd name/deeper');
    const opened = await made.reopen();
    const odd = join(dirname(made.folder), 'a, b #c');
    expect((await opened.remotes()).map(({ location }) => location)).toEqual([odd, made.store, `${odd}/deeper`]);
    made.dvc.run('remote', 'default', '--local', 'store');
    expect((await (await made.reopen()).remotes())[0]?.location).toBe(made.store);
    made.dvc.run('config', '--global', 'core.remote', 'Odd Name');
    made.dvc.run('remote', 'default', '--local', '--unset');
    made.dvc.run('remote', 'default', '--unset');
    expect((await (await made.reopen()).remotes())[0]?.location).toBe(odd);
  });
});

describe.skipIf(lacksDvc || findS3Server() === undefined)('an S3 remote of a DVC project', () => {
  /** A project on a bucket, as its users configure it. */
  async function onS3(): Promise<Project> {
    const [made, server] = [await project(), await startS3()];
    made.dvc.run('remote', 'add', '--force', '--default', 'store', 's3://models/team');
    made.dvc.run('remote', 'modify', 'store', 'endpointurl', `http://127.0.0.1:${server.port}`);
    made.dvc.run('remote', 'modify', '--local', 'store', 'access_key_id', server.accessKey);
    made.dvc.run('remote', 'modify', '--local', 'store', 'secret_access_key', server.secretKey);
    return { ...made, workspace: await made.reopen() };
  }

  async function expectExchange(made: Project, manifest: Manifest, commit: string): Promise<void> {
    rmSync(join(made.folder, '.dvc', 'cache'), { recursive: true });
    checkOut(made, commit);
    made.dvc.run('pull', '--quiet');
    expect(made.dvc.run('push')).toContain('Everything is up to date');
    rmSync(join(made.folder, '.dvc', 'cache'), { recursive: true });
    expect(await fetchWeights(await made.reopen(), { manifests: [manifest] })).toMatchObject({
      failed: [],
      fetched: [{}, {}],
    });
  }

  test('is shared by both', async () => {
    const made = await onS3();
    const { manifest, commit } = await register(made, BUNDLE);
    expect(await sendWeights(made.workspace, { manifests: [manifest] })).toMatchObject({ remote: 's3://models/team' });
    await expectExchange(made, manifest, commit);
  });

  test('with an option that only DVC knows is served by the dvc on the PATH', async () => {
    const made = await onS3();
    made.dvc.run('remote', 'modify', 'store', 'read_timeout', '30');
    const { manifest, commit } = await register(made, BUNDLE);
    const { folder } = made;
    const env = { ...made.repository.environment, PATH: made.dvc.env['PATH'] ?? '' };
    const signal = new AbortController().signal;
    const open = () =>
      openWorkspace({
        cwd: folder,
        env,
        progress: SILENT,
        signal,
      });
    const opened = await open();
    expect(await sendWeights(opened, { manifests: [manifest] })).toMatchObject({ sent: [{}, {}] });
    expect(await sendWeights(opened, { manifests: [manifest] })).toMatchObject({ sent: [], present: 2 });
    rmSync(join(folder, '.dvc', 'cache'), { recursive: true });
    expect(await fetchWeights(opened, { manifests: [manifest] })).toMatchObject({ failed: [], fetched: [{}, {}] });
    await opened.close();
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
  });
});
