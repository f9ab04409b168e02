import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Sha256, sha256Of } from '../../../src/domain/digest.ts';
import type { GateRules } from '../../../src/domain/policy.ts';
import { annotate } from '../../../src/operations/annotate.ts';
import { promote } from '../../../src/operations/promote.ts';
import type { GateVerdict } from '../../../src/ports/gate.ts';
import { verdictsOf } from '../../support/gate-verdicts.ts';
import { lmBundle, type RegistryRig, registryRig } from '../../support/registry-rig.ts';

type Exec = NonNullable<GateRules['exec']>;

interface ExecRig extends RegistryRig {
  readonly sha256: Sha256;
  /** Of registry.yaml. */
  readonly digest: string;
  path(name: string): string;
  read(name: string): string;
  /** Judges by what registry.yaml says, or by other rules. */
  run(rules?: Exec): Promise<readonly GateVerdict[]>;
}

/** A registry whose registry.yaml names a command, and a program `gate.sh` for it. */
async function execRig(script: string, exec: Exec = { command: './gate.sh' }, allow = true): Promise<ExecRig> {
  const rig = await registryRig();
  const path = (name: string): string => join(rig.repository.folder, name);
  const yaml = `gates:\n  production:\n    exec: ${JSON.stringify(exec)}\n`;
  writeFileSync(path('registry.yaml'), yaml);
  writeFileSync(path('gate.sh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const digest = sha256Of(yaml);
  if (allow) rig.repository.git(['config', '--local', '--add', 'registry.allowExec', digest]);
  const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)));
  return {
    ...rig,
    sha256,
    digest,
    path,
    read: (name) => readFileSync(path(name), 'utf8'),
    run: async (rules = exec) => verdictsOf({ ...rig, workspace: await rig.reopen() }, sha256, { exec: rules }),
  };
}

describe('a command of registry.yaml', () => {
  test('is not run before the user allowed its digest, and not after registry.yaml changed', async () => {
    const rig = await execRig('touch ran', { command: './gate.sh' }, false);
    const refused = (digest: string): object => ({
      gate: 'exec',
      method: `./gate.sh: not allowed here; read registry.yaml, then: git config --local --add registry.allowExec ${digest}`,
      outcome: 'fail',
    });
    expect(await rig.run()).toEqual([refused(rig.digest)]);
    rig.repository.environment['GIT_CONFIG_COUNT'] = '1';
    rig.repository.environment['GIT_CONFIG_KEY_0'] = 'registry.allowExec';
    rig.repository.environment['GIT_CONFIG_VALUE_0'] = rig.digest;
    expect(await rig.run()).toEqual([refused(rig.digest)]);
    expect(existsSync(rig.path('ran'))).toBe(false);
    rig.repository.git(['config', '--local', '--add', 'registry.allowExec', rig.digest]);
    expect(await rig.run()).toEqual([{ gate: 'exec', method: './gate.sh: exit code 0', outcome: 'pass' }]);
    expect(existsSync(rig.path('ran'))).toBe(true);
    const changed = `${rig.read('registry.yaml')}# more\n`;
    writeFileSync(rig.path('registry.yaml'), changed);
    expect(await rig.run()).toEqual([refused(sha256Of(changed))]);
  });

  test('is the only one that is run: not one of gates from elsewhere', async () => {
    const rig = await execRig('exit 0');
    expect(await rig.run({ command: 'touch ran' })).toEqual([
      { gate: 'exec', method: 'touch ran: not run: registry.yaml does not name it', outcome: 'fail' },
    ]);
    expect(existsSync(rig.path('ran'))).toBe(false);
  });

  test('is not run in a bare repository', async () => {
    const rig = await registryRig({ bare: true });
    const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)));
    expect(await verdictsOf(rig, sha256, { exec: { command: 'true' } })).toEqual([
      { gate: 'exec', method: 'true: not run where there is no work tree', outcome: 'fail' },
    ]);
  });

  test('reads the move as JSON, at the top of the work tree, with little of our environment', async () => {
    const rig = await execRig('cat > got.json; env > env.txt; pwd -P > pwd.txt');
    const target = { kind: 'entry', spec: rig.sha256, model: 'm' } as const;
    await annotate(rig.workspace, { target, set: { owner: 'ana' }, unset: [] });
    const before = await rig.register(rig.bundle('b', lmBundle(2)));
    await promote(rig.workspace, { spec: before.sha256, model: 'm', to: 'production' });
    rig.repository.environment['AWS_SECRET_ACCESS_KEY'] = 'hush';
    expect(await rig.run()).toMatchObject([{ outcome: 'pass' }]);
    const got = JSON.parse(rig.read('got.json'));
    expect(got).toMatchObject({
      v: 1,
      model: 'm',
      to: 'production',
      sha256: rig.sha256,
      description: null,
      annotations: { owner: 'ana' },
      metrics: { 'overall.accuracy': 0.9, 'by_verb.go': 1 },
      baseline: { sha256: before.sha256, metrics: { 'overall.accuracy': 0.9 } },
    });
    expect(got.at).toMatch(/^2026-01-05T09:/);
    const named = (path: string) => got.files.find((file: { path: string }) => file.path === path);
    const weights = named('model.safetensors');
    expect(weights).toMatchObject({ role: 'weights', object: null });
    expect(sha256Of(readFileSync(weights.file))).toBe(weights.sha256);
    const config = named('config.json');
    expect(config.file).toBeNull();
    expect(sha256Of(`${rig.repository.git(['cat-file', 'blob', config.object])}`)).toBe(config.sha256);
    expect(rig.read('pwd.txt').trim()).toBe(rig.repository.folder);
    const environment = rig.read('env.txt');
    expect(environment).toContain('REGISTRY_MODEL=m\n');
    expect(environment).toContain(`REGISTRY_SHA256=${rig.sha256}\n`);
    expect(environment).toContain('REGISTRY_TO=production\n');
    expect(environment).toContain('PATH=');
    expect(environment).not.toMatch(/hush|^GIT_/m);
  });

  test('says verdicts on its standard output; what it leaves running does not hold us up', async () => {
    const rig = await execRig(`sleep 60 & echo '{"outcome":"escalate","metric":"bias","value":0.12,"threshold":0.1}'`);
    expect(await rig.run()).toEqual([
      { gate: 'exec', metric: 'bias', value: '0.12', threshold: '0.1', method: './gate.sh', outcome: 'escalate' },
    ]);
  });

  test('fails by exit code 1; other codes, and words that are no verdict, fail and are said', async () => {
    expect(await (await execRig('exit 1')).run()).toMatchObject([
      { method: './gate.sh: exit code 1', outcome: 'fail' },
    ]);
    expect(await (await execRig('exit 7')).run()).toMatchObject([
      { method: './gate.sh: exit code 7, which is no verdict', outcome: 'fail' },
    ]);
    expect(await (await execRig('echo fine')).run()).toMatchObject([
      { method: './gate.sh: it printed what is no JSON, which is no verdict', outcome: 'fail' },
    ]);
  });

  test('is killed when its time is over', async () => {
    const rig = await execRig('sleep 300 & sleep 300', { command: './gate.sh', timeout: '1500ms' });
    expect(await rig.run()).toMatchObject([
      { method: './gate.sh: killed after 1500ms, which is no verdict', outcome: 'fail' },
    ]);
  });

  test.each([
    ['a program on PATH with arguments', 'sh ./gate.sh', 'pass'],
    ['a line for a shell', 'test -f "gate.sh" && REGISTRY_X=1 ./gate.sh', 'pass'],
    ['a line for a shell that fails', 'test -f missing || exit 1', 'fail'],
  ])('may be %s', async (_, command, outcome) => {
    expect(await (await execRig('cat > /dev/null', { command })).run()).toMatchObject([{ outcome }]);
  });

  test.each([
    ['no-such-program-anywhere', 'no program of that name was found on PATH'],
    ['./missing.sh', 'there is no such file'],
    ['../outside.sh', 'expected a path from the top of the work tree'],
  ])('that cannot be started fails: %s', async (command, why) => {
    expect(await (await execRig('exit 0', { command })).run()).toEqual([
      { gate: 'exec', method: `${command}: not started: ${why}`, outcome: 'fail' },
    ]);
  });
});
