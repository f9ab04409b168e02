/** What registration found or left out, as notes beside its result. */
import type { Finding } from '../../domain/finding.ts';
import type { SkippedFile } from '../../ports/bundle-source.ts';

/** More lines than this say no more; `--json` has them all. */
const MOST = 20;

/** Returns one warning a finding. */
export function findingNotes(findings: readonly Finding[]): readonly string[] {
  return firstOf(findings.map(({ code, subject, message }) => `warning: ${subject}: ${message} (${code})`));
}

/** Returns one line for each file that was left out by rule. */
export function skippedNotes(skipped: readonly SkippedFile[]): readonly string[] {
  return firstOf(skipped.map(({ path, reason }) => `skipped ${path}: ${reason}`));
}

function firstOf(lines: readonly string[]): readonly string[] {
  const rest = lines.length - MOST;
  return rest <= 0 ? lines : [...lines.slice(0, MOST), `and ${rest} more: --json lists all`];
}
