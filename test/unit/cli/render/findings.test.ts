import { describe, expect, test } from 'vitest';
import { renderVerify } from '../../../../src/cli/render/findings.ts';
import { colourStyle, plainStyle } from '../../../../src/cli/render/style.ts';
import { finding } from '../../../../src/domain/finding.ts';

const CHECKED = { models: 1, events: 12, entries: 5, weights: 0 };
const FINDINGS = [
  finding('ref-odd', 'odd/ref', 'it is left alone'),
  finding('view-missing', 'stage/tutor/production', 'the log gives it'),
  finding('entry-file-differs', 'config\n.json', 'expected other bytes'),
];

describe('a verification', () => {
  test('shows the worst first, and counts what it found and looked at', () => {
    expect(renderVerify({ ok: false, findings: FINDINGS, checked: CHECKED }, false, plainStyle(true))).toEqual([
      'corrupt entry-file-differs  config\\n.json',
      '  expected other bytes',
      'repairable view-missing  stage/tutor/production',
      '  the log gives it',
      'notice ref-odd  odd/ref',
      '  it is left alone',
      'not ok: 1 corrupt, 1 repairable, 1 notice; looked at 1 model, 12 events, 5 entries, not at cached bytes',
    ]);
  });

  test('says whether the cached bytes were read', () => {
    const result = { ok: true, findings: [], checked: { models: 2, events: 1, entries: 1, weights: 3 } };
    expect(renderVerify(result, true, plainStyle(true))).toEqual([
      'ok: looked at 2 models, 1 event, 1 entry, 3 cached files',
    ]);
  });

  test('paints what is corrupt in red', () => {
    const style = colourStyle(true);
    const lines = renderVerify({ ok: false, findings: FINDINGS, checked: CHECKED }, false, style).map(style.finish);
    expect(lines[0]).toContain('\u001b[31mcorrupt\u001b[39m');
  });
});
