import { describe, expect, test } from 'vitest';
import { loadVisible } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { sharedCliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

const registry = sharedCliRegistry();
const one = registry.must('register', registry.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0')['sha256'];
registry.must('promote', 'm@v1.0.0', '--to', 'production');
const then = String(registry.newestEvent('m')['id']);
registry.must('register', registry.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0');
registry.must('promote', 'm@v1.1.0', '--to', 'production', '--by', 'Bo');

describe('--at', () => {
  test('is an option of every command that reads the log, and of no other', async () => {
    const reading = (await loadVisible(COMMANDS)).filter(({ options }) => Object.hasOwn(options, 'at'));
    expect(reading.map(({ name }) => name).sort()).toEqual([
      ...[
        'approvals',
        'cat',
        'ci report',
        'compare',
        'get',
        'history',
        'lineage',
        'list',
        'log',
        'model list',
        'model show',
      ],
      ...['resolve', 'show', 'stages', 'tags'],
    ]);
  });

  test('is refused by a command that writes, as a usage error', () => {
    const refused = registry.run('promote', 'm@v1.0.0', '--to', 'production', '--at', then);
    expect(refused).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(registry.run('status', '--at', then)).toMatchObject({ exitCode: 2, code: 'usage' });
  });

  test('makes every reading command answer from the log, not from the refs of now or a fold of now', () => {
    expect(registry.must('resolve', 'm@production')['version']).toBe('v1.1.0');
    expect(registry.must('resolve', 'm@production', '--at', then)['sha256']).toBe(one);
    expect(registry.must('show', 'm@production', '--at', then)).toMatchObject({ sha256: one, stage: 'production' });
    expect(registry.must('list', '--at', then)).toMatchObject({ models: [{ latest: 'v1.0.0', versions: 1 }] });
    expect(registry.must('list', 'm', '--all', '--at', then)).toMatchObject({ total: 1 });
    expect(registry.must('model', 'list', '--at', then)).toMatchObject({ models: [{ versions: 1 }] });
    expect(registry.must('model', 'show', 'm', '--at', then)).toMatchObject({ versions: 1 });
    expect(registry.must('stages', 'm', '--at', then)['stages']).toContainEqual(
      expect.objectContaining({ stage: 'production', version: 'v1.0.0', former: null }),
    );
    expect(registry.must('history', 'm', '--at', then)['moves']).toHaveLength(1);
    expect(registry.must('tags', '--at', then)).toEqual({ m: { 'v1.0.0': one } });
    expect(registry.must('log', 'm', '--at', then)['events']).toHaveLength(3);
    expect(registry.must('lineage', 'm@latest', '--at', then)['root']).toBe(one);
    expect(registry.must('cat', 'm@latest', 'config.json', '--at', then)).toMatchObject({ path: 'config.json' });
    expect(registry.must('get', 'm@production', '-o', 'then', '--at', then)['sha256']).toBe(one);
    expect(registry.must('resolve', 'm@production')['version']).toBe('v1.1.0');
  });

  test('before the first event there is no model', () => {
    expect(registry.run('show', 'm@production', '--at', '2001-01-01')).toMatchObject({ code: 'unknown-model' });
    expect(registry.must('list', '--at', '2001-01-01')['models']).toEqual([]);
    expect(registry.run('stages', '--at', '2001-01-01')).toMatchObject({ code: 'no-default-model' });
  });

  test('is refused beside --remote, and where it names nothing', () => {
    expect(registry.run('list', '--remote', '.', '--at', then)).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(registry.run('list', '--at', 'last week')).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(registry.run('list', '--at', '00000000')).toMatchObject({ exitCode: 1, code: 'unknown-event' });
  });
});
