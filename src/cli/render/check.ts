/** What `git registry check` found. */
import type { CheckResult } from '../../operations/check-result.ts';
import { countSeverities, renderFindings } from './findings.ts';
import { formatCount } from './quantity.ts';
import type { Style } from './style.ts';

/** Returns two lines a finding, the worst first, and a summary. */
export function renderCheck({ ok, findings, checked }: CheckResult, style: Style): readonly string[] {
  const counts = countSeverities(findings);
  const looked = [
    formatCount(checked.files, 'file'),
    formatCount(checked.bundles, 'bundle'),
    formatCount(checked.baselines, 'baseline'),
    formatCount(checked.pins, 'pin'),
    formatCount(checked.models, 'model'),
  ].filter((count) => !count.startsWith('0 '));
  const verdict = ok ? style.green('ok') : style.red('not ok');
  const found = counts.length === 0 ? '' : `${counts.join(', ')}; `;
  return [
    ...renderFindings(findings, style),
    `${verdict}: ${found}looked at ${looked.length === 0 ? 'nothing' : looked.join(', ')}`,
  ];
}
