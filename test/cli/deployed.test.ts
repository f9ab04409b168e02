import { describe, expect, test } from 'vitest';
import { loadVisible } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

describe('deployed', () => {
  test('reports by endpoint; list, show and --at give the status, from a cached fold too', () => {
    const registry = cliRegistry();
    const [a, b] = [1, 2].map((seed) =>
      registry.must('register', registry.bundle(`b${seed}`, lmBundle(seed)), '--model', 'm', '--as', `1.${seed}.0`),
    );
    expect(registry.must('show', 'm@v1.1.0')).toMatchObject({ status: 'ready', deployedAt: null, deployments: [] });
    registry.must('deployed', 'm@v1.1.0', '--endpoint', 'eu');
    const then = String(registry.newestEvent('m')['id']);
    expect(registry.must('deployed', 'm@v1.1.0', '--endpoint', 'eu')).toMatchObject({ changed: false });
    expect(registry.events('m')).toBe(4);
    expect(
      registry.must('deployed', 'm', '--version', '1.2.0', '--endpoint', 'eu', '--status', 'deploying'),
    ).toMatchObject({ status: 'deploying', replaced: null, changed: true });
    expect(registry.must('deployed', 'm@v1.2.0', '--endpoint', 'eu', '--by', 'Grace <g@example.org>')).toMatchObject({
      replaced: a?.['sha256'],
      sha256: b?.['sha256'],
    });
    const statusOf = (...at: readonly string[]) =>
      (registry.must('list', 'm', ...at)['entries'] as readonly { readonly status: string }[]).map(
        ({ status }) => status,
      );
    expect(statusOf()).toEqual(['deployed', 'ready']);
    expect(statusOf('--at', then)).toEqual(['ready', 'deployed']);
    expect(registry.must('show', 'm@v1.2.0')).toMatchObject({
      status: 'deployed',
      deployedAt: registry.newestEvent('m')['at'],
      deployments: [
        { endpoint: 'eu', status: 'deployed', onBehalfOf: { name: 'Grace', email: 'g@example.org' }, replaced: false },
      ],
    });
    expect(registry.must('show', 'm@v1.1.0')).toMatchObject({ status: 'ready', deployments: [{ replaced: true }] });
    expect(registry.must('verify', '--all')).toMatchObject({ ok: true });
  });

  test('is refused for what would put a credential or more than a line into the log, and without an endpoint', () => {
    const registry = cliRegistry();
    registry.must('register', registry.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
    const events = registry.events('m');
    for (const endpoint of [
      'https://ada:secret@example.org',
      `https://example.org/?key=AIza${'a'.repeat(35)}`,
      'a\nb',
      ' ',
      'x'.repeat(2001),
    ]) {
      const refused = registry.run('deployed', 'm@v1.0.0', '--endpoint', endpoint);
      expect(refused, endpoint).toMatchObject({ exitCode: 2, code: 'usage' });
      expect(JSON.stringify(refused)).not.toContain('secret@');
    }
    expect(registry.run('deployed', 'm@v1.0.0')).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(registry.run('deployed', 'm@v1.0.0', '--endpoint', 'eu', '--status', 'gone')).toMatchObject({ exitCode: 2 });
    expect(registry.events('m')).toBe(events);
  });
});

describe('--by', () => {
  test('is an option of every verb of the lifecycle', async () => {
    const commands = await loadVisible(COMMANDS);
    expect(commands.filter(({ options }) => Object.hasOwn(options, 'by')).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...[
          'model create',
          'register',
          'annotate',
          'promote',
          'demote',
          'archive',
          'rollback',
          'tombstone',
          'deployed',
        ],
      ]),
    );
  });

  test('is kept by each of them beside the real identity, and show, stages and history print it', () => {
    const registry = cliRegistry();
    for (const seed of [1, 2]) registry.bundle(`b${seed}`, lmBundle(seed));
    const steps: readonly (readonly string[])[] = [
      ['model', 'create', 'm'],
      ['register', '../bundles/b1', '--model', 'm', '--as', '1.0.0'],
      ['promote', 'm@v1.0.0', '--to', 'production'],
      ['register', '../bundles/b2', '--model', 'm', '--as', '1.1.0'],
      ['promote', 'm@v1.1.0', '--to', 'production'],
      ['rollback', 'm'],
      ['deployed', 'm@production', '--endpoint', 'eu'],
      ['annotate', 'm@v1.0.0', 'a=b'],
      ['demote', 'm@v1.0.0', '--to', 'staging'],
      ['archive', 'm@v1.0.0'],
      ['tombstone', 'm@v1.1.0', '--reason', 'leaks'],
    ];
    const grace = { name: 'Grace', email: 'g@example.org' };
    for (const step of steps) {
      registry.must(...step, '--by', 'Grace <g@example.org>');
      const event = registry.newestEvent('m');
      expect(event['onBehalfOf'], step.join(' ')).toEqual(grace);
      expect(event['by']).not.toEqual(grace);
    }
    expect(registry.must('show', 'm@v1.0.0')).toMatchObject({
      onBehalfOf: grace,
      stagedOnBehalfOf: grace,
      promotedOnBehalfOf: grace,
    });
    const { moves } = registry.must('history', 'm') as { readonly moves: readonly { readonly onBehalfOf: unknown }[] };
    expect(moves.map(({ onBehalfOf }) => onBehalfOf)).toEqual(moves.map(() => grace));
    registry.must('promote', 'm@v1.0.0', '--to', 'production', '--by', 'Bo');
    expect(registry.must('stages', 'm')['stages']).toContainEqual(
      expect.objectContaining({ stage: 'production', onBehalfOf: { name: 'Bo', email: '' } }),
    );
  });
});
