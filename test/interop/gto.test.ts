/** Stock GTO and DVC read the tags that a push makes. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readVersionRequest, type VersionRequest } from '../../src/operations/choose-version.ts';
import { promote } from '../../src/operations/promote.ts';
import { push } from '../../src/operations/push.ts';
import { sendWeights } from '../../src/operations/send-weights.ts';
import { tombstone } from '../../src/operations/tombstone.ts';
import { dvcIn, findDvcProgram, gtoProgram } from '../support/dvc.ts';
import { safetensors } from '../support/registry-rig.ts';
import { type SyncClone, type SyncRig, syncRig } from '../support/sync-rig.ts';
import { repositoryAt, temporaryFolder } from '../support/temporary-repository.ts';

const ALL = { words: [] };

function asked(text: string): { version: VersionRequest } {
  return { version: readVersionRequest(text, undefined) as VersionRequest };
}

/** A DVC project with a registry, as one person has it, and the remote that both are shared by. */
async function project(): Promise<{ rig: SyncRig; ada: SyncClone }> {
  const rig = syncRig();
  const made = await rig.clone('ada');
  const { repository } = made;
  const dvc = dvcIn(repository.folder, repository.environment);
  dvc.run('init', '--quiet');
  dvc.run('remote', 'add', '--default', 'store', join(temporaryFolder(), 'store'));
  writeFileSync(join(repository.folder, '.gitlab-ci.yml'), 'deploy: {rules: [{if: $CI_COMMIT_TAG}]}\n');
  repository.git(['add', '.']);
  repository.git(['commit', '--quiet', '-m', 'project']);
  repository.git(['push', '--quiet', 'origin', 'main']);
  repository.git(['config', 'registry.gtoTags', 'true']);
  return { rig, ada: { ...made, workspace: await made.reopen() } };
}

/** A plain clone of the remote, as forge CI has it, and its programs. */
function plainClone({ remote }: SyncRig) {
  const folder = join(temporaryFolder(), 'clone');
  remote.git(['clone', '--quiet', remote.folder, folder]);
  const dvc = dvcIn(folder, remote.environment);
  const gto = (...args: readonly string[]): string => {
    const env = { ...dvc.env, GTO_EMOJIS: 'false' };
    const { status, stdout, stderr } = spawnSync(gtoProgram(), args, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`gto ${args.join(' ')} exited with ${status}: ${stderr}${stdout}`);
    return stdout;
  };
  return { folder, dvc, gto };
}

/** What the job of docs/ci.md runs, installing left out. */
function deployScript(): string {
  const page = readFileSync('docs/ci.md', 'utf8');
  const start = page.indexOf('# .github/workflows/deploy.yml\nname:');
  const workflow = parse(page.slice(start, page.indexOf('\n```', start))) as {
    readonly jobs: {
      readonly deploy: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] };
    };
  };
  const step = workflow.jobs.deploy.steps.find(({ name }) => name === 'get the model');
  if (step?.run === undefined) throw new Error('the docs have no such step');
  return step.run;
}

describe.skipIf(findDvcProgram() === undefined)('stock GTO', () => {
  test('shows our versions and who is in which stage, also after a version took the place of another', async () => {
    const { rig, ada } = await project();
    await ada.register(1, asked('1.0.0'));
    await ada.register(2, asked('1.1.0'));
    await promote(ada.workspace, { spec: 'm@v1.0.0', to: 'production' });
    await promote(ada.workspace, { spec: 'm@v1.1.0', to: 'staging' });
    await promote(ada.workspace, { spec: 'm@v1.1.0', to: 'production' });
    await push(ada.workspace, ALL);
    const { gto } = plainClone(rig);
    const shown = JSON.parse(gto('show', '--json')) as Readonly<Record<string, unknown>>;
    expect(shown['m']).toEqual({
      version: 'v1.1.0',
      stage: { production: 'v1.1.0' },
      registered: true,
      active: true,
    });
    expect(gto('show', 'm@latest', '--version').trim()).toBe('v1.1.0');
    expect(gto('show', 'm#production', '--version').trim()).toBe('v1.1.0');
    const history = JSON.parse(gto('history', 'm', '--json', '--asc')) as readonly {
      readonly event: string;
      readonly version: string;
      readonly stage?: string | null;
    }[];
    expect(history.map(({ event, version, stage }) => [event, version, stage ?? ''].join(' ').trim())).toEqual([
      'registration v1.0.0',
      'registration v1.1.0',
      'assignment v1.0.0 production',
      'assignment v1.1.0 staging',
      'unassignment v1.1.0 staging',
      'unassignment v1.0.0 production',
      'assignment v1.1.0 production',
    ]);
  });

  test('says in a job of forge CI what a tag did', async () => {
    const { rig, ada } = await project();
    await ada.register(1, asked('1.0.0'));
    await promote(ada.workspace, { spec: 'm@v1.0.0', ...asked('1.0.1') });
    await promote(ada.workspace, { spec: 'm@v1.0.1', to: 'production' });
    await push(ada.workspace, ALL);
    const { gto } = plainClone(rig);
    const said = (tag: string): readonly string[] =>
      ['--name', '--version', '--event', '--stage'].map((option) => gto('check-ref', tag, option).trim());
    expect(said('m@v1.0.0')).toEqual(['m', 'v1.0.0', 'registration', '']);
    expect(said('m#production#3')).toEqual(['m', 'v1.0.1', 'assignment', 'production']);
  });

  test('knows a tombstoned version no more', async () => {
    const { rig, ada } = await project();
    await ada.register(1, asked('1.0.0'));
    await ada.register(2, asked('1.1.0'));
    await tombstone(ada.workspace, { spec: 'm@v1.1.0', reason: 'leak', purgeWeights: false });
    await push(ada.workspace, ALL);
    const { gto } = plainClone(rig);
    expect(gto('show', 'm@latest', '--version').trim()).toBe('v1.0.0');
    expect(gto('show', 'm', '--version').trim()).toBe('v1.0.0');
  });

  test('goes on from our tags with its own, and we with ours', async () => {
    const { rig, ada } = await project();
    await ada.register(1, asked('1.0.0'));
    await promote(ada.workspace, { spec: 'm@v1.0.0', to: 'staging' });
    await push(ada.workspace, ALL);
    const { gto } = plainClone(rig);
    gto('assign', 'm', '--version', 'v1.0.0', '--stage', 'shadow', '--push');
    await ada.register(2, asked('1.1.0'));
    expect((await push(ada.workspace, ALL)).issues).toEqual([]);
    expect(JSON.parse(plainClone(rig).gto('show', '--json'))).toMatchObject({
      m: { version: 'v1.1.0', stage: { staging: 'v1.0.0', shadow: 'v1.0.0' } },
    });
  });
});

describe.skipIf(findDvcProgram() === undefined)('stock DVC', () => {
  test('gets the artifact of a version and of a stage from a clone of the remote', async () => {
    const { rig, ada } = await project();
    const first = await ada.register(1, asked('1.0.0'));
    const second = await ada.register(2, asked('1.1.0'));
    await promote(ada.workspace, { spec: 'm@v1.0.0', to: 'staging' });
    await promote(ada.workspace, { spec: 'm@v1.1.0', to: 'staging' });
    await sendWeights(ada.workspace, { manifests: [first.manifest, second.manifest] });
    await push(ada.workspace, ALL);
    const { folder, dvc } = plainClone(rig);
    const get = (out: string, ...args: readonly string[]): Buffer => {
      dvc.run('artifacts', 'get', '.', 'm', ...args, '--out', out);
      return readFileSync(join(folder, out));
    };
    expect(get('v1.0.0', '--rev', 'v1.0.0').equals(safetensors([1, 1, 2, 3]))).toBe(true);
    expect(get('staging', '--stage', 'staging').equals(safetensors([2, 1, 2, 3]))).toBe(true);
    dvc.run('artifacts', 'get', rig.remote.folder, 'm', '--rev', 'v1.1.0', '--out', 'from-url');
    expect(readFileSync(join(folder, 'from-url')).equals(safetensors([2, 1, 2, 3]))).toBe(true);
  });

  test('gets it in the job of the docs, which starts for the tag of a stage', async () => {
    const { rig, ada } = await project();
    const { manifest } = await ada.register(1, asked('1.0.0'));
    await promote(ada.workspace, { spec: 'm@v1.0.0', to: 'production' });
    await sendWeights(ada.workspace, { manifests: [manifest] });
    await push(ada.workspace, ALL);
    const { folder, dvc } = plainClone(rig);
    const tag = 'm#production#2';
    repositoryAt(folder, join(folder, '.git'), dvc.env).git(['checkout', '--quiet', tag]);
    const env = { ...dvc.env, GITHUB_REF_NAME: tag };
    const job = spawnSync('sh', ['-e', '-c', deployScript()], { cwd: folder, env, encoding: 'utf8' });
    expect(job).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, 'model.safetensors')).equals(safetensors([1, 1, 2, 3]))).toBe(true);
  });

  test('gets it, told of the remote, where neither the code nor its branches know of DVC', async () => {
    const rig = syncRig();
    const made = await rig.clone('ada');
    made.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'code']);
    made.repository.git(['push', '--quiet', 'origin', 'main']);
    made.repository.git(['config', 'registry.gtoTags', 'true']);
    const workspace = await made.reopen();
    const { manifest } = await made.register(1, asked('1.0.0'));
    await sendWeights(workspace, { manifests: [manifest], gitRemote: 'origin' });
    await push(workspace, ALL);
    const { folder, dvc } = plainClone(rig);
    const store = ['--remote', 'store', '--remote-config', `url=${join(rig.remote.folder, 'registry', 'cache')}`];
    dvc.run('artifacts', 'get', rig.remote.folder, 'm', '--rev', 'v1.0.0', ...store, '--out', 'got');
    expect(readFileSync(join(folder, 'got')).equals(safetensors([1, 1, 2, 3]))).toBe(true);
  });
});
