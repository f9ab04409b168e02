/** What `check` answers. */
import type { Finding } from '../domain/finding.ts';

/** The findings, and how much was looked at. */
export interface CheckResult {
  /** No finding but notices. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly checked: {
    readonly files: number;
    readonly bundles: number;
    readonly baselines: number;
    readonly pins: number;
    readonly models: number;
  };
}
