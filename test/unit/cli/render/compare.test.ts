import { describe, expect, test } from 'vitest';
import { renderCompare } from '../../../../src/cli/render/compare.ts';
import { renderCompareMarkdown } from '../../../../src/cli/render/compare-markdown.ts';
import { plainStyle } from '../../../../src/cli/render/style.ts';
import type { Evidence } from '../../../../src/domain/eval-evidence.ts';
import type { CompareResult, MetricComparison } from '../../../../src/operations/compare.ts';

function metric(name: string, a: string | null, b: string | null, delta: string | null, more = {}): MetricComparison {
  const change = a === null ? 'new' : b === null ? 'gone' : 'up';
  return { name, a, b, delta, change, key: false, noise: null, ...more };
}

function result(
  metrics: readonly MetricComparison[],
  more: Partial<CompareResult> = {},
  evidence: Evidence = { kind: 'same' },
): CompareResult {
  const sides = ['1.2.0', '1.3.0'].map((version) => ({
    model: 'fraud_detection/FraudRiskModel',
    sha256: 'ab'.repeat(32),
    version: `v${version}`,
    stage: null,
    status: 'ready',
  }));
  const empty = { metrics: {}, training: [], params: [], config: [], environment: [], files: [] };
  return { entries: sides, comparisons: [{ sha256: 'ab'.repeat(32), evidence, metrics }], ...empty, ...more } as never;
}

function lines(compared: CompareResult, all = false, width = Infinity): readonly string[] {
  return renderCompare(compared, all, plainStyle(true), width);
}

const SEED = [
  metric('auc', '0.91', '0.93', '0.02'),
  metric('f1', '0.87', '0.88', '0.01'),
  metric('accuracy', '0.94', '0.95', '0.01'),
];

test('the table is that which teams know', () => {
  expect(lines(result(SEED)).slice(0, 7)).toEqual([
    '  Comparing fraud_detection/FraudRiskModel: 1.2.0 vs 1.3.0',
    '',
    '  Metric               v1.2.0             v1.3.0             Delta',
    '  -------------------- ------------------ ------------------ ----------',
    '  auc                  0.9100             0.9300             +0.0200',
    '  f1                   0.8700             0.8800             +0.0100',
    '  accuracy             0.9400             0.9500             +0.0100',
  ]);
});

describe('a difference', () => {
  test.each([
    [metric('m', '0.5', '0.25', '-0.25'), '-0.2500'],
    [metric('m', '0.5', '0.5', '0.0'), '+0.0000'],
    [metric('m', '3', '5', '2'), '+2'],
    [metric('m', '0.5', null, null), 'gone'],
    [metric('m', null, '0.5', null), 'new'],
  ])('%j ends in %s', (row, cell) => {
    expect(
      lines(result([row]))[4]
        ?.split(/\s+/)
        .at(-1),
    ).toBe(cell);
  });
});

describe('what the numbers rest on', () => {
  test.each<[Evidence, string]>([
    [{ kind: 'same' }, 'measured on the same evidence'],
    [{ kind: 'unproven', parts: ['eval_set', 'metric_code'] }, 'not both name eval_set and metric_code'],
    [
      { kind: 'different', differences: [{ part: 'eval_set', digest: 'md5', a: '1'.repeat(32), b: '2'.repeat(32) }] },
      'not comparable: eval_set differs: md5 111111111111, 222222222222',
    ],
  ])('%j is said', (evidence, note) => {
    expect(lines(result(SEED, {}, evidence)).join('\n')).toContain(note);
    expect(renderCompareMarkdown(result(SEED, {}, evidence), false).join('\n')).toContain('- ');
  });

  test('nothing is said where nothing can be compared', () => {
    expect(lines(result([metric('m', '0.5', null, null)])).slice(5)).toEqual([]);
    expect(lines(result([])).slice(2)).toEqual(['  Metric: no entry has an eval report with numbers']);
  });
});

describe('intervals', () => {
  const interval = {
    kind: 'interval',
    basis: 'samples',
    method: 'paired bootstrap (BCa)',
    confidence: '0.95',
    n: [226, 226],
    estimate: '0.02',
    low: '-0.0088495',
    high: '0.0442477',
    withinNoise: true,
    resamples: 10000,
    seed: null,
  };
  const without = (reason: string): object => ({ noise: { kind: 'none', reason } });

  test('have a column where there is one, and their method below', () => {
    const rows = [
      metric('a', '0.5', '0.52', '0.02', { noise: interval }),
      metric('b', '0.5', '0.6', '0.1', without('no-data')),
    ];
    const shown = lines(result(rows));
    expect(shown[2]).toMatch(/Delta +95% interval$/);
    expect(shown[4]).toMatch(/\+0\.0200 +-0\.0088 to \+0\.0442, within noise$/);
    expect(shown[5]).toMatch(/\+0\.1000$/);
    expect(shown.join('\n')).toContain('intervals: paired bootstrap (BCa) on 226 samples; each for itself');
    expect(renderCompareMarkdown(result(rows), false).join('\n')).toContain('| Delta | 95&#37; interval |');
  });

  test('beyond noise are not called so', () => {
    const rows = [metric('a', '0.5', '0.52', '0.02', { noise: { ...interval, low: '0.001', withinNoise: false } })];
    expect(lines(result(rows))[4]).toMatch(/\+0\.0010 to \+0\.0442$/);
  });

  test('of few samples say so', () => {
    const shown = lines(result([metric('a', '0.5', '0.52', '0.02', { noise: { ...interval, n: [12, 12] } })])).join(
      '\n',
    );
    expect(shown).toContain('on 12 samples, too few for intervals that are wide enough');
  });

  test('are missing, and why, where data do not give the metric', () => {
    const rows = Array.from({ length: 8 }, (_, at) => metric(`m${at}`, '1.0', '0.9', '-0.1', without('unlike-metric')));
    expect(lines(result(rows)).join('\n')).toContain(
      'no interval: the data do not give the stated m0, m1, m2, m3, m4 and 3 more',
    );
  });
});

describe('many metrics', () => {
  const same = Array.from({ length: 30 }, (_, at) => metric(`m${at}`, '1.0', '1.0', '0.0', { change: 'same' }));
  const many = [metric('key', '1.0', '1.0', '0.0', { change: 'same', key: true }), ...same, ...SEED];

  test('that are the same are folded, but for key metrics', () => {
    const shown = lines(result(many)).join('\n');
    expect(shown).toContain('30 metrics more, the same everywhere: --all');
    expect(shown).toMatch(/^ {2}key /m);
    expect(shown).not.toMatch(/^ {2}m1 /m);
  });

  test('are all shown when asked for', () => {
    expect(lines(result(many), true).filter((line) => /^ {2}m\d/.test(line))).toHaveLength(30);
  });
});

describe('what comes from a registry', () => {
  const name = 'a\u001b[31m|<b>\nc';
  const hostile = result([metric(name, '0.5', '0.6', '0.1')], {
    params: [{ name, values: [name, null], change: 'removed' }],
  });

  test('cannot control a terminal or break a line', () => {
    for (const line of lines(hostile)) expect(line).not.toMatch(/\p{Cc}/u);
  });

  test('cannot become markup', () => {
    const text = renderCompareMarkdown(hostile, false).join('\n');
    expect(text).not.toContain('<b>');
    expect(text).not.toContain('\u001b');
    expect(text.split('\n').filter((line) => line.includes('b&#62;'))).toHaveLength(2);
  });
});

test('long texts are cut on a terminal and whole in a pipe', () => {
  const long = result(SEED, { config: [{ name: 'targets', values: ['x'.repeat(200), null], change: 'removed' }] });
  expect(Math.max(...lines(long, false, 80).map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines(long).join('\n')).toContain('x'.repeat(200));
});
