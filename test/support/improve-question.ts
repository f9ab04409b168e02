/** Questions of `improve` from reports as people write them. */
import { type JsonValue, parseJson } from '../../src/domain/canonical-json.ts';
import { sha256Of } from '../../src/domain/digest.ts';
import { readEvalReport } from '../../src/domain/eval-report.ts';
import type { ReportedVerdict } from '../../src/domain/gate-report.ts';
import { judgeImprovements } from '../../src/domain/improvement/judge-improvements.ts';
import type { ComparedReport, ImproveQuestion } from '../../src/domain/improvement/question.ts';
import type { ImproveRule } from '../../src/domain/policy.ts';

/** Reads a report that is JSON text, or a value that becomes it. */
export function comparedReport(report: string | object): ComparedReport {
  const text = typeof report === 'string' ? report : JSON.stringify(report);
  return { report: readEvalReport(parse(text)), files: [sha256Of(text)] };
}

function parse(text: string): JsonValue {
  return parseJson(new TextEncoder().encode(text), 'eval_report.json');
}

/** Puts a question. */
export function question(rule: ImproveRule, candidate: string | object, baseline: string | object): ImproveQuestion {
  const [ours, theirs] = [comparedReport(candidate), comparedReport(baseline)];
  return { rule, candidate: ours, baseline: theirs, over: 'production 0123456789ab' };
}

/** Judges one rule. */
export function judgeOne(rule: ImproveRule, candidate: string | object, baseline: string | object): ReportedVerdict {
  const [verdict] = judgeImprovements([question(rule, candidate, baseline)]);
  if (verdict === undefined) throw new Error('expected a verdict');
  return verdict;
}

/** Returns samples `q0`, `q1`, ... with a score each, and the mean as the metric `accuracy`. */
export function scored(scores: readonly number[], told: object = {}): object {
  const accuracy = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { accuracy, samples: scores.map((score, index) => ({ id: `q${index}`, accuracy: score })), ...told };
}
