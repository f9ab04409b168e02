import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';

const POLICY = `
model: m
gates:
  production:
    min_auc: 0.90
    min_by.*: 0.8
    max_loss: 0.20
`;

/** A registry whose policy is committed. */
function governed(policy = POLICY): CliRegistry {
  const registry = cliRegistry();
  commitPolicy(registry, policy);
  return registry;
}

function commitPolicy(registry: CliRegistry, policy: string): void {
  writeFileSync(join(registry.repository.folder, 'registry.yaml'), policy);
  registry.repository.git(['add', 'registry.yaml']);
  registry.repository.git(['commit', '--quiet', '-m', 'policy']);
}

/** Registers an entry whose report says so, and returns its SHA. */
function add(registry: CliRegistry, version: string, report: object, ...more: readonly string[]): string {
  const files = { 'model.bin': `weights ${version}`, 'eval_report.json': JSON.stringify(report) };
  return String(registry.must('register', registry.bundle(version, files), '--as', version, ...more)['sha256']);
}

const GOOD = { auc: 0.93, loss: 0.2, by: { go: 0.8, be: 0.9 } };
const WEAK = { auc: 0.93, loss: 0.21, by: { go: 0.79, be: 0.9 } };

type Verdict = Readonly<Record<string, string>>;

function verdictsOf(document: Readonly<Record<string, unknown>>): readonly Verdict[] {
  return (document['governed'] as { readonly verdicts: readonly Verdict[] }).verdicts;
}

describe('a promotion under policy', () => {
  test('is refused with each failing gate, its value and its threshold, and nothing is written', () => {
    const registry = governed();
    add(registry, '1.0.0', WEAK);
    const before = [registry.events('m'), registry.refs()];
    const refused = registry.run('promote', 'v1.0.0', '--to', 'production');
    expect(refused).toMatchObject({ exitCode: 1, document: { changed: false, stage: 'development' } });
    expect(verdictsOf(refused.document)).toMatchObject([
      { gate: 'min_auc', metric: 'auc', value: '0.93', threshold: '0.90', outcome: 'pass' },
      { gate: 'min_by.*', metric: 'by.be', outcome: 'pass' },
      { gate: 'min_by.*', metric: 'by.go', value: '0.79', threshold: '0.8', outcome: 'fail' },
      { gate: 'max_loss', metric: 'loss', value: '0.21', threshold: '0.20', outcome: 'fail' },
    ]);
    expect([registry.events('m'), registry.refs()]).toEqual(before);
  });

  test('carries every verdict, the report they rest on and registry.yaml, so that the log alone can be judged', () => {
    const registry = governed();
    const sha256 = add(registry, '1.0.0', GOOD);
    registry.must('promote', 'v1.0.0', '--to', 'production');
    const event = registry.newestEvent('m') as {
      readonly policy: string;
      readonly verdicts: readonly { readonly evidence: readonly string[]; readonly outcome: string }[];
    };
    expect(event.verdicts.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass', 'pass']);
    const { git } = registry.repository;
    const read = (digest: string): string => git(['cat-file', 'blob', `refs/registry/log/m:evidence/${digest}`]);
    expect(read(event.policy).trim()).toBe(POLICY.trim());
    expect(JSON.parse(read(event.verdicts[0]?.evidence[0] ?? ''))).toMatchObject({ v: 1, model: 'm', sha256 });
    expect(registry.must('verify', '--all')).toMatchObject({ findings: [] });
  });

  test('takes gates of the command line beside those of the policy, never instead of them', () => {
    const registry = governed();
    add(registry, '1.0.0', WEAK);
    add(registry, '1.1.0', GOOD);
    const file = join(registry.repository.folder, '..', 'gates.yaml');
    writeFileSync(file, 'max_loss: 0.5\nmin_by.go: 0.1\n');
    expect(registry.run('promote', 'v1.0.0', '--to', 'production', '--gates', file).exitCode).toBe(1);
    const stricter = registry.run('promote', 'v1.1.0', '--to', 'production', '--min', 'auc=0.95');
    expect(verdictsOf(stricter.document).filter(({ outcome }) => outcome === 'fail')).toMatchObject([
      { gate: 'min_auc', value: '0.93', threshold: '0.95' },
    ]);
    expect(registry.run('promote', 'v1.1.0', '--to', 'production', '--min', 'auc=much')).toMatchObject({
      exitCode: 2,
      code: 'usage',
    });
    writeFileSync(file, 'min_auc: high\n');
    expect(registry.run('promote', 'v1.1.0', '--to', 'production', '--gates', file)).toMatchObject({
      exitCode: 2,
      code: 'bad-policy',
      document: { error: { data: { line: 1, pointer: '/min_auc' } } },
    });
  });

  test('--dry-run tells what would be decided, and writes nothing', () => {
    const registry = governed();
    add(registry, '1.0.0', GOOD);
    const events = registry.events('m');
    expect(registry.must('promote', 'v1.0.0', '--to', 'production', '--dry-run')).toMatchObject({
      dryRun: true,
      governed: { refused: false },
    });
    expect(registry.events('m')).toBe(events);
  });

  test('a missing metric, a missing report and a threshold missed by one digit refuse', () => {
    const registry = governed('model: m\ngates: { production: { min_auc: 0.9000000000000000001 } }\n');
    add(registry, '1.0.0', { auc: 0.9 });
    add(registry, '1.1.0', { f1: 1 });
    registry.must('register', registry.bundle('bare', { 'model.bin': 'x' }), '--as', '1.2.0');
    const methods = ['v1.0.0', 'v1.1.0', 'v1.2.0'].map((version) => {
      const { exitCode, document } = registry.run('promote', version, '--to', 'production');
      return [exitCode, verdictsOf(document)[0]?.['method']];
    });
    expect(methods).toEqual([
      [1, 'value >= threshold, exact decimals'],
      [1, 'eval_report.json has no such metric'],
      [1, 'the bundle has no eval_report.json'],
    ]);
  });

  test('register --to promotes what it registered; a refused gate leaves it in development', () => {
    const registry = governed();
    const files = (report: object): Record<string, string> => ({ a: 'b', 'eval_report.json': JSON.stringify(report) });
    const refused = registry.run(
      'register',
      registry.bundle('weak', files(WEAK)),
      '--as',
      '1.0.0',
      '--to',
      'production',
    );
    expect(refused).toMatchObject({ exitCode: 1, document: { created: true, move: { stage: 'development' } } });
    const good = registry.must('register', registry.bundle('good', files(GOOD)), '--as', '1.1.0', '--to', 'production');
    expect(good).toMatchObject({ created: true, move: { stage: 'production', changed: true } });
    const events = registry.events('m');
    expect(registry.run('register', registry.bundle('x', files({})), '--to', 'nowhere')).toMatchObject({
      code: 'bad-stage',
    });
    expect(registry.run('register', registry.bundle('x', files({})), '--min', 'auc=1')).toMatchObject({
      code: 'usage',
    });
    expect(registry.events('m')).toBe(events);
  });

  test('goes by the arrows that the policy lists, and asks for the annotations that it requires', () => {
    const registry = governed(
      'model: m\ntransitions: [development -> staging, staging -> production]\nrequired: { annotations: [data_version] }\n',
    );
    add(registry, '1.0.0', GOOD);
    expect(registry.run('promote', 'v1.0.0', '--to', 'production')).toMatchObject({
      exitCode: 2,
      code: 'bad-transition',
    });
    expect(registry.run('promote', 'v1.0.0', '--to', 'staging')).toMatchObject({ exitCode: 1 });
    registry.must('annotate', 'v1.0.0', 'data_version=7');
    registry.must('promote', 'v1.0.0', '--to', 'staging');
    registry.must('promote', 'v1.0.0', '--to', 'production');
  });

  test('goes by the rules of its own model where that has some: merged key by key, a list replaces', () => {
    const registry = governed(`${POLICY}models:\n  strict/m2:\n    gates: { production: { min_auc: 0.99 } }\n`);
    const files = { a: 'b', 'eval_report.json': JSON.stringify(GOOD) };
    registry.must('register', registry.bundle('b', files), '--model', 'strict/m2', '--as', '1.0.0');
    const refused = registry.run('promote', 'strict/m2@v1.0.0', '--to', 'production');
    expect(verdictsOf(refused.document).filter(({ outcome }) => outcome === 'fail')).toMatchObject([
      { gate: 'min_auc', threshold: '0.99' },
    ]);
    expect(verdictsOf(refused.document)).toHaveLength(4);
  });
});

describe('a rollback under policy', () => {
  /** Two versions served; the second one does now. */
  function served(policy: string): CliRegistry {
    const registry = governed(policy);
    for (const version of ['1.0.0', '1.1.0']) {
      add(registry, version, GOOD);
      registry.must('promote', `v${version}`, '--to', 'production');
    }
    return registry;
  }

  test('needs the rollback gates alone, whatever the slot asks for by now', () => {
    const registry = served(POLICY);
    commitPolicy(registry, POLICY.replace('0.90', '0.99'));
    expect(registry.run('promote', 'v1.0.0', '--to', 'production').exitCode).toBe(1);
    expect(registry.must('rollback')).toMatchObject({
      version: 'v1.0.0',
      governed: { target: 'rollback', refused: false },
    });
  });

  test('to what got in by emergency alone has to pass the gates of the slot', () => {
    const registry = governed(`${POLICY}emergency: { production: [bo@example.org] }\n`);
    const env = { GIT_COMMITTER_NAME: 'Bo', GIT_COMMITTER_EMAIL: 'bo@example.org' };
    add(registry, '1.0.0', WEAK);
    const forced = ['promote', 'v1.0.0', '--to', 'production', '--emergency'];
    expect(registry.run(...forced)).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(registry.run(...forced, '--reason', 'night')).toMatchObject({ exitCode: 1, code: 'not-allowed' });
    expect(registry.runIn({ env }, ...forced, '--reason', 'night')).toMatchObject({ exitCode: 0 });
    expect(registry.newestEvent('m')).toMatchObject({ emergency: true, reason: 'night' });
    add(registry, '1.1.0', GOOD);
    registry.must('promote', 'v1.1.0', '--to', 'production');
    expect(registry.run('rollback')).toMatchObject({ exitCode: 1, document: { governed: { target: 'production' } } });
  });
});

test('an emergency that nothing stood against is no emergency', () => {
  const registry = governed(`${POLICY}emergency: { production: [ada@example.org] }\n`);
  add(registry, '1.0.0', GOOD);
  const moved = registry.must('promote', 'v1.0.0', '--to', 'production', '--emergency', '--reason', 'in a hurry');
  expect(moved).toMatchObject({ governed: { emergency: false, refused: false } });
  expect(registry.newestEvent('m')['emergency']).toBeUndefined();
});

test('an emergency is not stopped by what cannot be judged, and is marked', () => {
  const registry = governed(
    'model: m\ngates: { production: { format: { require: safetensors } } }\nemergency: { production: [ada@example.org] }\n',
  );
  const weights = registry.bundle('w', { 'model.bin': 'weights' });
  registry.must('register', weights, '--as', '1.0.0');
  rmSync(join(registry.repository.gitDir, 'registry', 'cache'), { recursive: true });
  expect(registry.run('promote', 'v1.0.0', '--to', 'production')).toMatchObject({
    exitCode: 1,
    code: 'weights-missing',
  });
  registry.must('promote', 'v1.0.0', '--to', 'production', '--emergency', '--reason', 'the cache is gone');
  expect(registry.newestEvent('m')).toMatchObject({ kind: 'stage', emergency: true, verdicts: [] });
});

describe('the policy that decides', () => {
  test('is that of the commit, and a work tree that differs is told', () => {
    const registry = governed();
    add(registry, '1.0.0', WEAK);
    writeFileSync(join(registry.repository.folder, 'registry.yaml'), 'model: m\n');
    const refused = registry.run('promote', 'v1.0.0', '--to', 'production');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('registry.yaml here differs from that of HEAD, which decides');
  });

  test("is that of the remote's default branch where there is one, and of registry.policyRef before all", () => {
    const registry = governed();
    const { git, folder } = registry.repository;
    git(['init', '--quiet', '--bare', join(folder, '..', 'origin.git')]);
    git(['remote', 'add', 'origin', join(folder, '..', 'origin.git')]);
    git(['push', '--quiet', 'origin', 'HEAD:refs/heads/main']);
    git(['fetch', '--quiet', 'origin']);
    git(['remote', 'set-head', 'origin', 'main']);
    commitPolicy(registry, 'model: m\n');
    expect(registry.must('policy', 'show')).toMatchObject({
      source: { kind: 'commit', name: 'origin/HEAD' },
      differs: true,
    });
    git(['config', 'registry.policyRef', 'HEAD']);
    expect(registry.must('policy', 'show')).toMatchObject({ source: { name: 'HEAD' }, differs: false });
    git(['config', 'registry.policyRef', 'nowhere']);
    expect(registry.run('policy', 'show')).toMatchObject({ exitCode: 4, code: 'no-policy' });
  });

  test('is that of the work tree only where no commit has one', () => {
    const registry = cliRegistry();
    writeFileSync(join(registry.repository.folder, 'registry.yaml'), POLICY);
    add(registry, '1.0.0', WEAK);
    const refused = registry.run('promote', 'v1.0.0', '--to', 'production');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('not committed');
  });

  test('names file, line and place of what is wrong', () => {
    const registry = cliRegistry();
    writeFileSync(
      join(registry.repository.folder, 'registry.yaml'),
      'model: m\ngates:\n  production:\n    min_auc: x\n',
    );
    expect(registry.run('policy', 'check')).toMatchObject({
      exitCode: 2,
      code: 'bad-policy',
      document: { error: { data: { file: 'registry.yaml', line: 4, pointer: '/gates/production/min_auc' } } },
    });
  });

  test('is checked for rules of one model that hold for the repository alone', () => {
    const registry = governed('models: { m: { weights: { remote: ../w }, remote: { name: hub } } }\n');
    expect(registry.run('policy', 'check')).toMatchObject({
      exitCode: 1,
      document: { remarks: [{ pointer: '/models/m/weights' }, { pointer: '/models/m/remote' }] },
    });
  });

  test('is checked for rules that nobody can meet', () => {
    const registry = governed(
      'approvals: { production: { count: 2, from: [a@x.org, A@x.org] }, canary: { count: 1, from: ["@none"] } }\n',
    );
    const { exitCode, document } = registry.run('policy', 'check');
    expect(exitCode).toBe(1);
    expect(document['remarks']).toMatchObject([
      { severity: 'error', pointer: '/approvals/canary' },
      { severity: 'error', pointer: '/approvals/canary/from' },
      { severity: 'error', pointer: '/approvals/production' },
      { severity: 'error', pointer: '/approvals/canary' },
      { severity: 'warning', pointer: '/approvals/production', message: expect.stringContaining('unsigned') },
      { severity: 'warning', pointer: '/approvals/canary' },
    ]);
  });
});

describe('a gate report', () => {
  test('is kept without a move, and judged again to the same bytes in another clone', () => {
    const registry = governed();
    add(registry, '1.0.0', WEAK);
    const run = registry.run('gate', 'run', 'v1.0.0', '--to', 'production');
    expect(run).toMatchObject({ exitCode: 1, document: { passed: false, report: { moment: { verdicts: [] } } } });
    const event = String(run.document['event']);
    expect(registry.must('stages', 'm')['stages']).toMatchObject([{ sha256: null }, { sha256: null }]);
    // The policy has changed since: the report holds the one by which it was judged.
    commitPolicy(registry, 'model: m\n');
    const here = registry.must('gate', 'replay', event);
    const { git, folder } = registry.repository;
    const clone = join(folder, '..', 'clone');
    git(['init', '--quiet', '--bare', clone]);
    git(['push', '--quiet', clone, 'refs/registry/*:refs/registry/*']);
    const there = registry.runIn({ cwd: clone }, 'gate', 'replay', event, '--model', 'm').document;
    expect(here).toMatchObject({ same: true, stored: run.document['bound'] });
    expect(there).toEqual(here);
  });

  test('of an event that judged nothing, or of none, is refused', () => {
    const registry = governed();
    add(registry, '1.0.0', GOOD);
    const registered = String(registry.newestEvent('m')['id']);
    expect(registry.run('gate', 'replay', registered)).toMatchObject({ exitCode: 1, code: 'unknown-event' });
    expect(registry.run('gate', 'replay', 'abcdef0')).toMatchObject({ exitCode: 1, code: 'unknown-event' });
  });
});

describe('what registry.yaml configures', () => {
  test('bump rules say which files make a major version, and which members of the train manifest a minor one', () => {
    const registry = governed('model: m\nbump: { major: [tokenizer.json], minor: [hparams.lr] }\n');
    const register = (name: string, tokens: string, lr: string, note: string): unknown => {
      const train = JSON.stringify({ corpus_dvc_hash: note, hparams: { lr } });
      const files = { 'a.txt': note, 'tokenizer.json': tokens, 'train_manifest.json': train };
      return registry.must('register', registry.bundle(name, files), '--bump', 'auto');
    };
    register('a', '{}', '1e-3', '1');
    expect(register('b', '{}', '1e-3', '2')).toMatchObject({
      version: 'v1.0.1',
      reason: 'patch after v1.0.0: same tokenizer.json, hparams.lr',
    });
    expect(register('c', '{}', '1e-4', '2')).toMatchObject({
      version: 'v1.1.0',
      reason: 'minor after v1.0.1: hparams.lr of the train manifest went from 1e-3 to 1e-4',
    });
    expect(register('d', '{"x":1}', '1e-4', '2')).toMatchObject({
      version: 'v2.0.0',
      reason: 'major after v1.1.0: tokenizer.json differs',
    });
  });

  test('a model may have its own time to live and key metrics', () => {
    const registry = governed('model: m\npending_ttl: 2d\nmodels: { n: { pending_ttl: 1h, key_metrics: [f1] } }\n');
    const bundle = registry.bundle('a', { 'a.txt': 'a', 'eval_report.json': '{"auc":1,"f1":0.5}' });
    const ttlOf = (model: string): number => {
      registry.must('register', bundle, '--model', model, '--pending');
      const { at, expires } = registry.newestEvent(model) as { readonly at: string; readonly expires: string };
      return (Date.parse(expires) - Date.parse(at)) / 3_600_000;
    };
    expect([ttlOf('m'), ttlOf('n')]).toEqual([48, 1]);
    expect(registry.must('list', 'n', '--all')['entries']).toMatchObject([
      { keyMetrics: [{ name: 'f1', value: '0.5' }] },
    ]);
    expect(registry.must('list', 'm', '--all')['entries']).toMatchObject([
      { keyMetrics: [{ name: 'auc' }, { name: 'f1' }] },
    ]);
  });

  test('git config goes before registry.yaml', () => {
    const registry = governed('model: m\npending_ttl: 2d\nkey_metrics: [auc]\n');
    registry.repository.git(['config', 'registry.pendingTtl', '30m']);
    registry.repository.git(['config', 'registry.keyMetrics', 'f1, loss']);
    const report = JSON.stringify({ auc: 1, f1: 0.5, loss: 0.1 });
    const bundle = registry.bundle('a', { 'a.txt': 'a', 'eval_report.json': report });
    registry.must('register', bundle, '--pending');
    const { at, expires } = registry.newestEvent('m') as { readonly at: string; readonly expires: string };
    expect(Date.parse(expires) - Date.parse(at)).toBe(30 * 60_000);
    expect(registry.must('list', 'm', '--all')['entries']).toMatchObject([
      { keyMetrics: [{ name: 'f1' }, { name: 'loss' }] },
    ]);
    registry.repository.git(['config', 'registry.pendingTtl', 'soon']);
    expect(registry.run('register', bundle, '--pending')).toMatchObject({ exitCode: 2, code: 'usage' });
  });

  test("remote.name is the registry's remote and remote.layout what it holds, unless git config says otherwise", () => {
    const registry = governed('model: m\nremote: { name: hub, layout: log }\n');
    const { git, folder } = registry.repository;
    for (const name of ['hub', 'other']) {
      git(['init', '--quiet', '--bare', join(folder, '..', `${name}.git`)]);
      git(['remote', 'add', name, join(folder, '..', `${name}.git`)]);
    }
    add(registry, '1.0.0', GOOD);
    expect(registry.must('push')).toMatchObject({ remote: 'hub', layout: 'log' });
    git(['config', 'registry.remote', 'other']);
    git(['config', 'registry.remoteLayout', 'all']);
    expect(registry.must('push')).toMatchObject({ remote: 'other', layout: 'all' });
  });
});
