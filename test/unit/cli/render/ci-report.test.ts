import { expect, test } from 'vitest';
import { renderCiReport } from '../../../../src/cli/render/ci-report.ts';
import type { CiReportResult } from '../../../../src/operations/ci-report.ts';
import type { LineageResult } from '../../../../src/operations/lineage.ts';

const SHA = 'ab'.repeat(32);

function reportOn(description: string): CiReportResult {
  return {
    entry: {
      model: 'tutor',
      sha256: SHA,
      versions: [],
      stage: null,
      status: 'pending',
      profile: 'files/1',
      registeredAt: '2026-01-05T09:00:00.000Z',
      registeredBy: { name: description, email: '' },
      description,
      parents: [],
      files: 1,
      bytes: 3,
    },
    against: null,
    metrics: [{ name: 'a|b', value: '0.5', before: null, change: 'new', key: true }],
    training: [{ name: 'corpus', value: description, before: null }],
  } as unknown as CiReportResult;
}

const GRAPH: LineageResult = { root: SHA, direction: 'up', nodes: [], edges: [], cut: 0 } as unknown as LineageResult;

test.each([
  ['a tag', '<img src=x onerror=alert(1)>', '<img'],
  ['a mention', 'thanks @everyone', '@everyone'],
  ['a link', 'see [here](https://evil.example)', '[here]'],
  ['a bare link', 'see https://evil.example', 'https://'],
  ['an issue', 'fixes #1', 'fixes #1'],
  ['a cell of its own', 'a | b', 'a | b'],
  ['a line of its own', 'x\n# title', '\n# title'],
  ['a control sequence', 'x\u001b[31m', '\u001b'],
])('what comes from a registry cannot become %s', (_what, description, forbidden) => {
  expect(
    renderCiReport(reportOn(description), GRAPH)
      .join('\n')
      .replace(/^#+ .*$/gm, ''),
  ).not.toContain(forbidden);
});

test('a name with underscores is left readable', () => {
  expect(renderCiReport(reportOn('a_name_of'), GRAPH).join('\n')).toContain('a_name_of');
});
