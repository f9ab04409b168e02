/** What `git registry verify` found. */
import type { Finding, Severity } from '../../domain/finding.ts';
import type { VerifyResult } from '../../operations/verify.ts';
import { escapeControls } from './escape.ts';
import { formatCount } from './quantity.ts';
import type { Style } from './style.ts';

const WORST_FIRST: readonly Severity[] = ['corrupt', 'repairable', 'notice'];

/** Returns two lines a finding, the worst first, and a summary. `weights`: cached bytes were read. */
export function renderVerify(result: VerifyResult, weights: boolean, style: Style): readonly string[] {
  return [...renderFindings(result.findings, style), summary(result, weights, style)];
}

/** Returns two lines a finding, the worst first. */
export function renderFindings(findings: readonly Finding[], style: Style): readonly string[] {
  const sorted = WORST_FIRST.flatMap((severity) => findings.filter((found) => found.severity === severity));
  return sorted.flatMap((found) => renderFinding(found, style));
}

function renderFinding({ code, severity, subject, message }: Finding, style: Style): readonly string[] {
  return [
    `${paintSeverity(severity, style)} ${style.bold(code)}  ${escapeControls(subject)}`,
    `  ${escapeControls(message)}`,
  ];
}

function paintSeverity(severity: Severity, style: Style): string {
  switch (severity) {
    case 'corrupt':
      return style.red(severity);
    case 'repairable':
      return style.yellow(severity);
    case 'notice':
      return style.dim(severity);
  }
}

/** Returns `1 corrupt`, `2 repairable`, `1 notice`: what there is of each severity. */
export function countSeverities(findings: readonly Finding[]): readonly string[] {
  return WORST_FIRST.flatMap((severity) => {
    const count = findings.filter((found) => found.severity === severity).length;
    if (count === 0) return [];
    return [severity === 'notice' ? formatCount(count, 'notice') : `${count} ${severity}`];
  });
}

function summary({ ok, findings, checked }: VerifyResult, weights: boolean, style: Style): string {
  const counts = countSeverities(findings);
  const looked = [
    formatCount(checked.models, 'model'),
    formatCount(checked.events, 'event'),
    formatCount(checked.entries, 'entry', 'entries'),
    weights ? formatCount(checked.weights, 'cached file') : 'not at cached bytes',
  ];
  const verdict = ok ? style.green('ok') : style.red('not ok');
  return `${verdict}: ${counts.length === 0 ? '' : `${counts.join(', ')}; `}looked at ${looked.join(', ')}`;
}
