/** What findings mean for the exit code. */
import { EXIT_CODES, strongestExitCode } from '../domain/errors.ts';
import type { Finding, Severity } from '../domain/finding.ts';

const CODES: Readonly<Record<Severity, number>> = { corrupt: EXIT_CODES.corrupt, repairable: EXIT_CODES.no, notice: 0 };

/** Returns 5 where something is corrupt or tampered with, 1 where it is repairable, else 0 (format §9). */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  return strongestExitCode(findings.map(({ severity }) => CODES[severity]));
}
