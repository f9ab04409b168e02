/** What the verbs that look and trace promise beside their result: how entries are named, where paths start, what a terminal gets. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { openWorkspace } from '../../src/cli/compose.ts';
import { runCli } from '../support/cli.ts';
import { cliRegistry, sharedCliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';
import { MemoryStream, type Ran, runFake } from '../unit/cli/fake-program.ts';

/** Text that a terminal would obey, were it printed as it is: control sequences of 7 and 8 bits, an override of direction. */
const HOSTILE = 'a\u001b[2J\u009b2J\u202eb';

const registry = sharedCliRegistry();
const { folder } = registry.repository;
const shas: Record<string, string> = {};

beforeAll(() => {
  registry.must('init', '--model', 'm');
  const add = (version: string, seed: number, ...more: readonly string[]): void => {
    const bundle = registry.bundle(version, lmBundle(seed));
    shas[version] = String(registry.must('register', bundle, '--as', version, ...more)['sha256']);
  };
  add('1.0.0', 1, '-m', HOSTILE);
  add('1.1.0', 2);
  registry.must('register', registry.bundle('candidate', lmBundle(3)), '--pending');
  const odd = registry.bundle('odd', { 'model.ubj': 'weights', 'README.md': HOSTILE });
  registry.must('register', odd, '--model', 'odd', '--as', '1.0.0', '--parent', 'm@1.0.0');
});

/** Runs in this process, where standard output can be made a terminal. */
async function onTerminal(...args: readonly string[]): Promise<Ran> {
  const stdout = new MemoryStream({ isTTY: true, columns: 80 });
  const env = { ...registry.repository.environment, NO_COLOR: '1' };
  return runFake(args, { commands: COMMANDS, openWorkspace, cwd: folder, env, stdout });
}

function raw(...args: readonly string[]): Ran {
  const { exitCode, stdout, stderr } = runCli(args, { cwd: folder, env: registry.repository.environment });
  return { exitCode: exitCode ?? -1, out: stdout, err: stderr };
}

describe('MODEL --version V means MODEL@V', () => {
  test.each([
    ['resolve', []],
    ['show', []],
    ['get', ['-o', 'by-version', '--force']],
    ['lineage', []],
  ])('for %s', (verb, more) => {
    const document = registry.must(verb, 'm', '--version', '1.0.0', ...more);
    expect(document['sha256'] ?? document['root']).toBe(shas['1.0.0']);
  });

  test('for cat and verify, which say nothing of the entry', () => {
    const written = readFileSync(join(registry.bundle('1.1.0', {}), 'model.safetensors'));
    const digest = createHash('sha256').update(written).digest('hex');
    expect(registry.must('cat', 'm', '--version', '1.1.0', 'model.safetensors')).toMatchObject({ sha256: digest });
    expect(registry.must('verify', 'm', '--version', '1.0.0')['checked']).toMatchObject({ models: 1, entries: 3 });
    expect(registry.run('verify', 'm', '--version', '9.9.9')).toMatchObject({ exitCode: 1, code: 'unknown-spec' });
  });
});

describe('get', () => {
  test('starts paths where the user is, and prints them as the user would type them', () => {
    const inside = join(folder, 'deep/er');
    mkdirSync(inside, { recursive: true });
    const { environment: env } = registry.repository;
    const byDefault = runCli(['get', 'm@1.0.0', '--file', 'config.json'], { cwd: inside, env });
    expect(byDefault.stdout).toBe('m-v1.0.0/\n');
    expect(readFileSync(join(inside, 'm-v1.0.0/config.json'), 'utf8')).toBe('{"d_model":4,"n_layers":2}');
    const above = runCli(['get', 'm@1.0.0', '-o', '../here'], { cwd: inside, env });
    expect(above.stdout).toBe('../here/\n');
    const { document } = registry.runIn({ cwd: dirname(folder) }, '-C', inside, 'get', 'm@1.0.0', '-o', 'there');
    expect(document['destination']).toBe(join(inside, 'there'));
  });

  test('says on stderr what it wrote, so that stdout can be used', () => {
    const { out, err } = raw('get', 'm@1.1.0', '-o', 'quiet');
    expect([out, err.split('\n').length]).toEqual(['quiet/\n', 2]);
    expect(raw('get', 'm@1.1.0', '-o', 'quiet', '--force', '--quiet').err).toBe('');
  });

  test('refuses a folder that exists, and says what to type instead', () => {
    mkdirSync(join(folder, 'full/of'), { recursive: true });
    const { exitCode, code, document } = registry.run('get', 'm@1.1.0', '-o', 'full');
    expect([exitCode, code]).toEqual([2, 'destination']);
    expect((document['error'] as { readonly hint?: string }).hint).toMatch(/--force/);
  });
});

describe('compare', () => {
  test('takes two entries or more', () => {
    expect(registry.run('compare', 'm@1.0.0')).toMatchObject({ exitCode: 2, code: 'usage' });
    const { entries } = registry.must('compare', 'm@1.0.0', '1.1.0', 'odd@1.0.0');
    expect(entries).toMatchObject([{ sha256: shas['1.0.0'] }, { sha256: shas['1.1.0'] }, { model: 'odd' }]);
  });

  test('says no for an entry that is not there', () => {
    expect(registry.run('compare', 'm@1.0.0', '9.9.9')).toMatchObject({ exitCode: 1, code: 'unknown-spec' });
  });

  test('prints whole columns into a pipe, and fits a terminal', async () => {
    expect(raw('compare', 'm@1.0.0', '1.1.0').out).toMatch(/^ {2}Comparing m: 1\.0\.0 vs 1\.1\.0\n/);
    const { out } = await onTerminal('compare', 'm@1.0.0', '1.1.0');
    const rules = out.split('\n').filter((line) => line.startsWith('  ---'));
    expect(rules).not.toEqual([]);
    for (const rule of rules) expect(rule.length).toBeLessThanOrEqual(80);
  });
});

describe('text of others', () => {
  test('reaches a terminal escaped, from files and from logs', async () => {
    for (const args of [
      ['cat', 'odd@1.0.0', 'README.md'],
      ['show', 'm@1.0.0'],
      ['log', 'm'],
      ['log', 'm', '--format', 'jsonl'],
      ['show', 'm@1.0.0', '--json'],
    ]) {
      const { exitCode, out } = await onTerminal(...args);
      expect(exitCode, args.join(' ')).toBe(0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(out, args.join(' ')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out, args.join(' ')).toMatch(/\\x9b|\\u009b/);
    }
  });

  test('reaches pipes and files byte for byte', () => {
    expect(raw('cat', 'odd@1.0.0', 'README.md').out).toBe(HOSTILE);
    const [, register = ''] = raw('log', 'm', '--format', 'jsonl').out.split('\n');
    expect((JSON.parse(register) as { readonly description: string }).description).toBe(HOSTILE);
  });
});

describe('log', () => {
  test('as jsonl is the chain itself: each line names the digest of the one before', () => {
    const lines = raw('log', 'm', '--format', 'jsonl').out.trimEnd().split('\n');
    const digests = lines.map((line) => createHash('sha256').update(line).digest('hex'));
    const named = lines.map((line) => (JSON.parse(line) as { readonly prev: string | null }).prev);
    expect(named).toEqual([null, ...digests.slice(0, -1)]);
  });

  test('as index leaves candidates out, and is the same lines in its document', () => {
    const lines = raw('log', 'm', '--format', 'index')
      .out.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { canonical_sha: shas['1.0.0'], semver: 'v1.0.0', parent_sha: null, registrar: 'ada@example.org' },
      { canonical_sha: shas['1.1.0'], semver: 'v1.1.0', parent_sha: null, registrar: 'ada@example.org' },
    ]);
    expect(registry.must('log', 'm', '--format', 'index')).toEqual({ kind: 'index', lines });
  });

  test('of all models has their events one model after the other', () => {
    const { events } = registry.must('log', '--all') as { readonly events: readonly { readonly model: string }[] };
    expect(new Set(events.map(({ model }) => model))).toEqual(new Set(['m', 'odd']));
    expect(registry.run('log', 'm', '--all')).toMatchObject({ exitCode: 2, code: 'usage' });
  });
});

describe('lineage', () => {
  test('prints the same document for --format json and --json', () => {
    const document = registry.must('lineage', 'odd@1.0.0');
    expect(JSON.parse(raw('lineage', 'odd@1.0.0', '--format', 'json').out)).toEqual(document);
    expect(document['edges']).toEqual([{ from: document['root'], to: shas['1.0.0'], kind: 'parent' }]);
  });

  test('goes one way at a time, no fewer than zero steps', () => {
    expect(registry.run('lineage', 'm@1.0.0', '--up', '--down')).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(registry.run('lineage', 'm@1.0.0', '--depth', '-1')).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(registry.must('lineage', 'm@1.0.0', '--down', '--depth', '0')['cut']).toBe(1);
  });
});

describe('list', () => {
  test('says on stderr what it does not show', () => {
    expect(raw('list', 'm').err).toBe('1 entry without a version or with a tombstone: --all\n');
    expect(raw('list', 'm', '--limit', '1').err.split('\n')[0]).toBe('1 of 2: --limit 0 lists all');
    expect(raw('list', 'm', '--all').err).toBe('');
    expect(raw('list', 'odd', '--pending')).toMatchObject({ out: '', err: 'odd has no candidate\n' });
  });

  test('shows the metric that it is sorted by, before the others', () => {
    const { entries } = registry.must('list', 'm', '--sort', 'overall.accuracy') as {
      readonly entries: readonly { readonly keyMetrics: readonly { readonly name: string }[] }[];
    };
    expect(entries[0]?.keyMetrics.map(({ name }) => name)).toEqual(['overall.accuracy', 'by_verb.go']);
    expect(registry.run('list', 'm', '--sort', 'nothing')).toMatchObject({ exitCode: 2, code: 'usage' });
  });

  test('of a registry without models, or a model without entries, says how to begin', () => {
    const empty = cliRegistry();
    expect(empty.must('list')).toEqual({ kind: 'models', models: [] });
    empty.must('model', 'create', 'new');
    const { document, stderr } = empty.run('list', 'new');
    expect(document).toMatchObject({ kind: 'entries', total: 0, hidden: 0 });
    expect(stderr).toMatch(/git registry register PATH --model new/);
  });
});

describe('verify', () => {
  test('ends with 0, with 1 for what can be mended, with 5 for what was tampered with', () => {
    const mine = cliRegistry();
    mine.must('register', mine.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
    mine.must('register', mine.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0');
    mine.must('promote', '1.0.0', '--to', 'production');
    expect(mine.run('verify', '--all', '--weights')).toMatchObject({
      exitCode: 0,
      document: { ok: true, findings: [] },
    });
    mine.repository.git(['update-ref', '-d', 'refs/registry/stage/m/production']);
    expect(mine.run('verify')).toMatchObject({
      exitCode: 1,
      document: { ok: false, findings: [{ code: 'view-missing' }] },
    });
    mine.repository.git(['update-ref', 'refs/registry/semver/m/v1.0.0', 'refs/registry/semver/m/v1.1.0']);
    const { exitCode, document } = mine.run('verify');
    const codes = (document['findings'] as readonly { readonly code: string }[]).map(({ code }) => code);
    expect([exitCode, codes.sort()]).toEqual([5, ['view-missing', 'view-tampered']]);
    expect(mine.run('verify', 'm@1.0.0', '--all')).toMatchObject({ exitCode: 2, code: 'usage' });
  });
});
