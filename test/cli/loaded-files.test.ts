/** What a command loads of the program: the SDK of S3 is larger than all the rest, and only for those who talk to a bucket. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { lmBundle, writeBundle } from '../support/registry-rig.ts';

const TRACE = fileURLToPath(new URL('../support/opened-files.mjs', import.meta.url));
const SDK = 'aws-sdk.cjs';

/** A repository whose weights go to a bucket on a port where nobody listens. */
function withBucket(): CliRegistry {
  const registry = cliRegistry();
  const { repository } = registry;
  const team = join(dirname(repository.folder), 'team.git');
  repository.git(['init', '--quiet', '--bare', team]);
  repository.git(['remote', 'add', 'origin', team]);
  writeBundle(repository.folder, {
    '.dvc/.gitignore': '/cache\n',
    '.dvc/config': `[core]
    remote = bucket
['remote "bucket"']
    url = s3://models/team
    endpointurl = http://127.0.0.1:9
    access_key_id = a
    secret_access_key = b
`,
  });
  return registry;
}

/** Runs a command and returns how it ended, and the files of the program that it loaded. */
function trace(registry: CliRegistry, ...args: readonly string[]): readonly [exitCode: number | null, ...string[]] {
  const report = join(dirname(registry.repository.folder), `opened-${args.join('-').replaceAll('/', '_')}`);
  const env = { NODE_OPTIONS: `--import=${TRACE}`, OPENED_REPORT: report };
  const { exitCode } = registry.runIn({ env }, ...args);
  const files = readFileSync(report, 'utf8')
    .split('\n')
    .filter((file) => file.includes('/dist/') && file.endsWith('.cjs'));
  return [exitCode, ...new Set(files.map((file) => basename(file)))];
}

test('no command loads the SDK of S3 that does not talk to a bucket, whatever remote is configured', () => {
  const registry = withBucket();
  const bundle = registry.bundle('one', lmBundle(1));
  for (const command of [
    ['register', bundle, '--model', 'm', '--as', '1.0.0'],
    ['promote', 'm@v1.0.0', '--to', 'production'],
    ['list'],
    ['list', 'm'],
    ['show', 'm@latest'],
    ['resolve', 'm@production'],
    ['lineage', 'm@latest'],
    ['get', 'm@latest', '-o', '../tutor'],
    ['push', '--no-weights'],
    ['pull'],
    ['fetch'],
    ['status'],
    ['check'],
    ['verify', '--all', '--weights'],
  ]) {
    const [exitCode, ...files] = trace(registry, ...command);
    expect(exitCode, command.join(' ')).toBe(0);
    expect(files, command.join(' ')).toContain('main.cjs');
    expect(files, command.join(' ')).not.toContain(SDK);
  }
});

test('a command that does talk to one loads it', () => {
  const registry = withBucket();
  registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm');
  const [exitCode, ...files] = trace(registry, 'push');
  expect(exitCode).toBe(75);
  expect(files).toContain(SDK);
});
