/** What `improve` asks: a candidate's report, that of the entry it must be better than, and a rule. */
import type { Sha256 } from '../digest.ts';
import type { EvalReport } from '../eval-report.ts';
import type { ImproveRule } from '../policy.ts';

/** A report with all its samples. */
export interface ComparedReport {
  readonly report: EvalReport;
  /** SHA-256 of the files that it was read from: what resampling is seeded by. */
  readonly files: readonly Sha256[];
}

/** One rule, with what it is judged on. */
export interface ImproveQuestion {
  readonly rule: ImproveRule;
  readonly candidate: ComparedReport;
  readonly baseline: ComparedReport;
  /** The baseline as verdicts name it: `production 0123456789ab`. */
  readonly over: string;
}
