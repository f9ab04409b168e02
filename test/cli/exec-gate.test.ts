import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

type Verdict = Readonly<Record<string, string>>;

/** A registry whose committed registry.yaml says so, with a program `gate.sh`. */
function governed(policy: string, script = 'echo x >> ran'): CliRegistry {
  const registry = cliRegistry();
  const { folder, git } = registry.repository;
  writeFileSync(join(folder, 'registry.yaml'), policy);
  writeFileSync(join(folder, 'gate.sh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  git(['add', 'registry.yaml', 'gate.sh']);
  git(['commit', '--quiet', '-m', 'policy']);
  return registry;
}

function failed(document: Readonly<Record<string, unknown>>): readonly Verdict[] {
  const { verdicts } = document['governed'] as { readonly verdicts: readonly Verdict[] };
  return verdicts.filter(({ outcome }) => outcome !== 'pass');
}

test('a promotion runs what the user allowed, once; a replay and verify never run it', () => {
  const registry = governed('model: m\ngates: { production: { exec: { command: ./gate.sh } } }\n');
  const { folder, git } = registry.repository;
  registry.must('register', registry.bundle('a', lmBundle(1)), '--as', '1.0.0');
  const refused = registry.run('promote', 'v1.0.0', '--to', 'production');
  expect(refused.exitCode).toBe(1);
  const [, command = ''] = /: git (config .*)$/.exec(failed(refused.document)[0]?.['method'] ?? '') ?? [];
  expect(existsSync(join(folder, 'ran'))).toBe(false);
  git(command.split(' '));
  expect(registry.must('promote', 'v1.0.0', '--to', 'production')).toMatchObject({ stage: 'production' });
  const event = registry.newestEvent('m');
  expect(event['verdicts']).toMatchObject([{ gate: 'exec', method: './gate.sh: exit code 0', outcome: 'pass' }]);
  expect(registry.must('gate', 'replay', String(event['id']))).toMatchObject({ same: true, skipped: 1 });
  expect(registry.must('verify', '--all')).toMatchObject({ findings: [] });
  expect(readFileSync(join(folder, 'ran'), 'utf8')).toBe('x\n');
});

test('a policy of everything that can be told of a bundle holds, and is replayed to the same bytes', () => {
  const registry = governed(`
model: m
gates:
  production:
    fresh: { within: 30d }
    license: { allow: [apache-2.0] }
    privacy: { deny_columns: [email], require_flag: pii_reviewed }
    lineage: { complete: true, code_committed: true, no_tombstoned_ancestor: true }
    metadata: { required: [description, seed] }
    signature: { compatible_with: production }
    format: { require: safetensors }
    integrity: true
`);
  const code = registry.repository.git(['rev-parse', 'HEAD']);
  const train = { corpus_dvc_hash: 'a', tokenizer_sha: 'b', code_git_sha: code, seed: 1, license: 'Apache-2.0' };
  const files = lmBundle(1, { 'train_manifest.json': JSON.stringify(train) });
  registry.must('register', registry.bundle('a', files), '--as', '1.0.0', '--message', 'the first');
  const refused = registry.run('promote', 'v1.0.0', '--to', 'production');
  expect(failed(refused.document)).toMatchObject([
    { gate: 'privacy', metric: 'pii_reviewed', method: 'the entry has no such annotation' },
  ]);
  registry.must('annotate', 'v1.0.0', 'pii_reviewed=true');
  registry.must('promote', 'v1.0.0', '--to', 'production');
  const event = registry.newestEvent('m');
  expect((event['verdicts'] as readonly unknown[]).length).toBe(12);
  expect(registry.must('gate', 'replay', String(event['id']))).toMatchObject({ same: true, differing: [] });
});

test('a rollback judges the bytes that are here, and works where they are not', () => {
  const registry = governed('model: m\n');
  for (const minor of [0, 1]) {
    registry.must('register', registry.bundle(`b${minor}`, lmBundle(minor)), '--as', `1.${minor}.0`);
    registry.must('promote', `v1.${minor}.0`, '--to', 'production');
  }
  const cache = join(registry.repository.gitDir, 'registry', 'cache', 'files');
  const objects = readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const path of objects) {
    chmodSync(path, 0o644);
    appendFileSync(path, 'x');
  }
  const refused = registry.run('rollback', '--stage', 'production');
  expect(refused.exitCode).toBe(1);
  expect(failed(refused.document)).toMatchObject([{ gate: 'integrity', value: '1', threshold: '0' }]);
  for (const path of objects) rmSync(path);
  registry.must('rollback', '--stage', 'production');
  expect(registry.newestEvent('m')).toMatchObject({
    cause: 'rollback',
    verdicts: [{ gate: 'integrity', method: expect.stringContaining('1 of 5 not judged'), outcome: 'pass' }],
  });
});
