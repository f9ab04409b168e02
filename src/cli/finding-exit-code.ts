/** What findings mean for the exit code. */
import { EXIT_CODES, strongestExitCode } from '../domain/errors.ts';
import type { Finding, Severity } from '../domain/finding.ts';

const CODES: Readonly<Record<Severity, number>> = { corrupt: EXIT_CODES.corrupt, repairable: EXIT_CODES.no, notice: 0 };

/** Returns 5 where something is corrupt or tampered with, 4 where the clone lacks history (format §7.2), 1 where it is repairable, else 0 (format §9). */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  return strongestExitCode(
    findings.map(({ code, severity }) => (code === 'log-incomplete' ? EXIT_CODES.environment : CODES[severity])),
  );
}

/** Returns the note that names what brings the history that a clone lacks. */
export function historyNotes(findings: readonly Finding[]): readonly string[] {
  const isCut = findings.some(({ code }) => code === 'log-incomplete');
  return isCut ? ['to bring the history that this clone lacks: git registry pull --refetch'] : [];
}
