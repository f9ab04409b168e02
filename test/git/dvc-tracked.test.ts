/** Registering what DVC tracks: the bytes come from its cache or its remote, and are not copied. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RegistryRig, registerIn, registryRig, safetensors } from '../support/registry-rig.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';

const WEIGHTS = Buffer.from(safetensors([1, 2, 3]));

function md5Of(body: string | Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}

function plant(path: string, body: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, body, { mode: 0o444 });
  return path;
}

/** Returns a registry in a DVC project, its cache and its remote. */
async function project(): Promise<RegistryRig & { readonly cache: string; readonly store: string }> {
  const rig = await registryRig();
  const store = join(temporaryFolder(), 'store');
  mkdirSync(join(rig.repository.folder, '.dvc'));
  writeFileSync(join(rig.repository.folder, '.dvc', 'config'), `[core]\nremote = s\n['remote "s"']\nurl = ${store}\n`);
  return { ...rig, workspace: await rig.reopen(), cache: join(rig.repository.folder, '.dvc', 'cache'), store };
}

function objectName(md5: string): string {
  return join('files', 'md5', md5.slice(0, 2), md5.slice(2));
}

function pointer(md5: string, path: string, rest = '  hash: md5\n'): string {
  return `outs:\n- md5: ${md5}\n${rest}  path: ${path}\n`;
}

describe('register', () => {
  test('takes a tracked file from the cache of DVC, as another name of the same file', async () => {
    const { cache, ...rig } = await project();
    const object = plant(join(cache, objectName(md5Of(WEIGHTS))), WEIGHTS);
    const bundle = rig.bundle('b', {
      'model.safetensors.dvc': pointer(md5Of(WEIGHTS), 'model.safetensors'),
      'c.json': '{}',
    });
    const { manifest } = await registerIn(rig.workspace, bundle);
    expect(manifest.files.map(({ path, store }) => `${path} ${store}`)).toEqual([
      'c.json git',
      'model.safetensors cache',
    ]);
    const sha256 = createHash('sha256').update(WEIGHTS).digest('hex');
    const ours = statSync(join(cache, 'files', 'sha256', sha256.slice(0, 2), sha256.slice(2)));
    expect(ours.ino).toBe(statSync(object).ino);
    expect(ours.mode & 0o7777).toBe(0o444);
  });

  test('takes a pointer that is named as a file, and makes the same entry as from the bytes', async () => {
    const { cache, ...rig } = await project();
    plant(join(cache, objectName(md5Of(WEIGHTS))), WEIGHTS);
    const bundle = rig.bundle('b', { 'model.safetensors.dvc': pointer(`'${md5Of(WEIGHTS)}'`, 'model.safetensors') });
    const tracked = await registerIn(rig.workspace, join(bundle, 'model.safetensors.dvc'));
    const plain = await registerIn(rig.workspace, rig.bundle('p', { 'model.safetensors': WEIGHTS }));
    expect(plain).toMatchObject({ sha256: tracked.sha256, created: false });
  });

  test('fetches from the remote what the cache of DVC lacks', async () => {
    const { cache, store, ...rig } = await project();
    plant(join(store, objectName(md5Of(WEIGHTS))), WEIGHTS);
    const bundle = rig.bundle('b', { 'model.safetensors.dvc': pointer(md5Of(WEIGHTS), 'model.safetensors') });
    const { manifest } = await registerIn(rig.workspace, bundle);
    expect(manifest.files[0]).toMatchObject({ md5: md5Of(WEIGHTS), bytes: WEIGHTS.length });
    expect(readFileSync(join(cache, objectName(md5Of(WEIGHTS)))).equals(WEIGHTS)).toBe(true);
  });

  test('takes all files of a tracked folder', async () => {
    const { cache, ...rig } = await project();
    for (const body of [WEIGHTS, '{"a":1}']) plant(join(cache, objectName(md5Of(body))), body);
    const rows = [
      ['config.json', '{"a":1}'],
      ['deep/model.safetensors', WEIGHTS],
    ] as const;
    const list = `[${rows.map(([relpath, body]) => `{"md5": "${md5Of(body)}", "relpath": "${relpath}"}`).join(', ')}]`;
    plant(join(cache, `${objectName(md5Of(list))}.dir`), list);
    const bundle = rig.bundle('b', { 'model.dvc': pointer(`${md5Of(list)}.dir`, 'model') });
    const { manifest } = await registerIn(rig.workspace, bundle);
    expect(manifest.files.map(({ path }) => path)).toEqual(['model/config.json', 'model/deep/model.safetensors']);
  });

  test('takes what DVC 2 tracked, texts included, whose digest there was another one', async () => {
    const { cache, ...rig } = await project();
    const text = 'a\r\nb\r\n';
    for (const [md5, body] of [
      [md5Of(WEIGHTS), WEIGHTS],
      [md5Of('a\nb\n'), text],
    ] as const) {
      plant(join(cache, md5.slice(0, 2), md5.slice(2)), body);
    }
    const bundle = rig.bundle('b', {
      'model.safetensors.dvc': pointer(md5Of(WEIGHTS), 'model.safetensors', ''),
      'vocab.txt.dvc': pointer(md5Of('a\nb\n'), 'vocab.txt', ''),
    });
    const { manifest } = await registerIn(rig.workspace, bundle);
    expect(manifest.files.map(({ path, bytes }) => `${path} ${bytes}`)).toEqual([
      `model.safetensors ${WEIGHTS.length}`,
      'vocab.txt 6',
    ]);
  });

  test('takes the file itself where it is there, and names the pointer as left out', async () => {
    const { cache, ...rig } = await project();
    const bundle = rig.bundle('b', {
      'model.safetensors.dvc': pointer(md5Of('x'), 'model.safetensors'),
      'model.safetensors': WEIGHTS,
    });
    const { manifest, skipped } = await registerIn(rig.workspace, bundle);
    expect(manifest.files).toMatchObject([{ md5: md5Of(WEIGHTS) }]);
    expect(skipped.map(({ path }) => path)).toEqual(['model.safetensors.dvc']);
    expect(readdirSync(join(cache, 'files')).sort()).toEqual(['md5', 'sha256']);
  });

  test('refuses bytes that are not those of the pointer', async () => {
    const { cache, store, ...rig } = await project();
    const [inCache, remote] = [md5Of('in the cache'), md5Of('on the remote')];
    plant(join(cache, objectName(inCache)), WEIGHTS);
    plant(join(store, objectName(remote)), WEIGHTS);
    for (const md5 of [inCache, remote]) {
      const bundle = rig.bundle(md5, { 'model.safetensors.dvc': pointer(md5, 'model.safetensors') });
      await expect(registerIn(rig.workspace, bundle)).rejects.toMatchObject({ code: 'corrupt-weights' });
    }
  });

  test('takes no more from a remote than the pointer says', async () => {
    const { store, cache, ...rig } = await project();
    plant(join(store, objectName(md5Of(WEIGHTS))), WEIGHTS);
    const text = pointer(md5Of(WEIGHTS), 'model.safetensors', '  size: 3\n  hash: md5\n');
    const bundle = rig.bundle('b', { 'model.safetensors.dvc': text });
    await expect(registerIn(rig.workspace, bundle)).rejects.toMatchObject({ code: 'corrupt-weights' });
    expect(existsSync(join(cache, objectName(md5Of(WEIGHTS))))).toBe(false);
  });

  test('says what is missing, and what is no pointer', async () => {
    const rig = await project();
    const missing = rig.bundle('m', { 'model.safetensors.dvc': pointer(md5Of('gone'), 'model.safetensors') });
    await expect(registerIn(rig.workspace, missing)).rejects.toMatchObject({
      code: 'weights-missing',
      hint: 'dvc pull',
    });
    for (const [name, text] of [
      ['empty', ''],
      ['list', '- a'],
      ['no-md5', 'outs:\n- path: x\n'],
      ['broken', 'outs: ['],
    ] as const) {
      const bundle = rig.bundle(name, { 'model.safetensors.dvc': text });
      await expect(registerIn(rig.workspace, bundle)).rejects.toMatchObject({ code: 'bad-bundle' });
    }
    expect(existsSync(join(rig.cache, 'files', 'sha256'))).toBe(false);
  });

  test('lets no pointer lead out of the bundle', async () => {
    const { cache, ...rig } = await project();
    plant(join(cache, objectName(md5Of(WEIGHTS))), WEIGHTS);
    const bundle = rig.bundle('b', { 'm.dvc': pointer(md5Of(WEIGHTS), '../../model.safetensors') });
    await expect(registerIn(rig.workspace, bundle)).rejects.toMatchObject({ code: 'bad-path' });
  });
});
