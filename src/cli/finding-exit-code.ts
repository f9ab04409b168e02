/** What findings mean for the exit code. */
import { EXIT_CODES } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';

/** Returns 5 where something is corrupt or tampered with, 1 where it is repairable, else 0 (format §9). */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  const severities = new Set(findings.map(({ severity }) => severity));
  if (severities.has('corrupt')) return EXIT_CODES.corrupt;
  return severities.has('repairable') ? EXIT_CODES.no : 0;
}
