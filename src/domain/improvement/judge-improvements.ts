/** Verdicts of `improve`. What is compared must rest on the same evidence; what is decided is decided on printed numbers. */
import { addDecimals, compareDecimals, isSummable, subtractDecimals } from '../decimal.ts';
import { type Evidence, sameEvidence } from '../eval-evidence.ts';
import { findMetric } from '../eval-report.ts';
import type { ReportedVerdict } from '../gate-report.ts';
import { isNonInferior, isSignificant, isSuperior } from '../statistics/margins.ts';
import { printNumber } from '../statistics/print-number.ts';
import type { Gain } from './gain.ts';
import { measureGain } from './measure-gain.ts';
import type { ImproveQuestion } from './question.ts';

/** A question that is answered at a confidence. */
interface TestedQuestion {
  readonly question: ImproveQuestion;
  readonly confidence: string;
  readonly gain: Gain;
  readonly evidence: Evidence;
}

/** Beyond, quantiles lose their digits, and no evaluation supports them. */
const SMALLEST_TAIL = 1e-9;

/**
 * Judges rules, in their order. Those with a confidence are held to it together, by Holm's method: of m that are tested the
 * strongest must hold at 1 - (1 - confidence) / m, the next at m - 1, and so on.
 */
export function judgeImprovements(questions: readonly ImproveQuestion[]): readonly ReportedVerdict[] {
  const asked = questions.filter(({ rule }) => rule.confidence !== undefined).length;
  const judged = questions.map((question) => judgeOrMeasure(question, asked));
  const tested = judged.filter((item) => 'gain' in item);
  const decisions = decideTogether(tested, asked);
  return judged.flatMap((item) => {
    if (!('gain' in item)) return [item];
    const decision = decisions.get(item);
    return decision === undefined ? [] : [judgeGain(item, decision, asked)];
  });
}

/**
 * Decides by Holm's method: what holds is set aside, which leaves more of the probability of an error for the others. Bounds
 * at these levels decide as the adjusted p-values would.
 */
function decideTogether(tested: readonly TestedQuestion[], asked: number): ReadonlyMap<TestedQuestion, Decision> {
  const decisions = new Map<TestedQuestion, Decision>();
  for (;;) {
    const divisor = asked - decisions.size;
    const left = tested.filter((test) => !decisions.has(test)).map((test) => [test, decide(test, divisor)] as const);
    const holding = left.filter(([, { holds }]) => holds);
    for (const [test, decision] of holding.length > 0 ? holding : left) decisions.set(test, decision);
    if (holding.length === 0 || holding.length === left.length) return decisions;
  }
}

function judgeOrMeasure(question: ImproveQuestion, asked: number): ReportedVerdict | TestedQuestion {
  const { rule, candidate, baseline } = question;
  const evidence = sameEvidence(candidate.report, baseline.report);
  if (evidence.kind === 'different') return failure(question, sayDifferences(question, evidence));
  const { by, margin, confidence } = rule;
  if (![by, margin, confidence].every((text) => text === undefined || isSummable(text)))
    return failure(question, 'by, margin, confidence: expected numbers of less than 1,000 digits');
  if (confidence === undefined) return judgeExactly(question, evidence);
  const tail = (1 - Number(confidence)) / asked;
  if (!(tail >= SMALLEST_TAIL)) return failure(question, `no data give a confidence of ${confidence}`);
  const gain = measureGain(question, tail);
  return gain.kind === 'none' ? failure(question, gain.problem) : { question, confidence, gain, evidence };
}

/** `production + 0.02`, strictly: 0.93 over 0.91 is refused. */
function judgeExactly(question: ImproveQuestion, evidence: Evidence): ReportedVerdict {
  const { rule, candidate, baseline, over } = question;
  const [value, base] = [candidate, baseline].map(({ report }) => findMetric(report, rule.metric));
  if (value === undefined) return failure(question, 'eval_report.json has no such metric');
  if (base === undefined) return failure(question, `eval_report.json of ${over} has no such metric`);
  if (!isSummable(base)) return failure(question, `eval_report.json of ${over}: more digits than can be added`);
  const isDown = rule.direction === 'down';
  const gain = rule.margin === undefined ? (rule.by ?? '0') : subtractDecimals('0', rule.margin);
  const threshold = isDown ? subtractDecimals(base, gain) : addDecimals(base, gain);
  const order = compareDecimals(value, threshold);
  const sum = `${over}: ${base} ${isDown === gain.startsWith('-') ? '+' : '-'} ${gain.replace(/^-/, '')}`;
  const method = `value ${isDown ? '<' : '>'} threshold, exact decimals (${sum}); ${sayEvidence(evidence)}`;
  return {
    gate: 'improve',
    metric: rule.metric,
    value,
    threshold,
    method,
    outcome: toOutcome(isDown ? order < 0 : order > 0),
  };
}

function judgeGain({ question, gain, evidence }: TestedQuestion, decision: Decision, asked: number): ReportedVerdict {
  const { holds, level, decisive, low, high } = decision;
  const holm = asked === 1 ? '' : ` by Holm, ${asked} metrics`;
  const interval = `gain ${printNumber(gain.estimate)} [${low}, ${high}], each bound at ${level}${holm}`;
  const named = gain.test === undefined ? [] : [`${gain.test.method}: p ${printNumber(gain.test.pValue)}`];
  const method = [
    `${decisive.says}: ${gain.method}: ${interval}`,
    ...named,
    `over ${question.over}`,
    sayEvidence(evidence),
  ];
  const { value, threshold } = decisive;
  const { metric } = question.rule;
  return { gate: 'improve', metric, value, threshold, method: method.join('; '), outcome: toOutcome(holds) };
}

interface Decision {
  readonly holds: boolean;
  /** The confidence that was asked of each bound. */
  readonly level: string;
  readonly low: string;
  readonly high: string;
  /** The comparison that a reader can repeat: of the bound, unless the named test alone said no. */
  readonly decisive: { readonly says: string; readonly value: string; readonly threshold: string };
}

function decide({ question, confidence, gain }: TestedQuestion, divisor: number): Decision {
  const { by = '0', margin } = question.rule;
  const level = divisor === 1 ? confidence : printNumber(1 - (1 - Number(confidence)) / divisor);
  const interval = gain.interval(Number(level));
  const [low, high] = [printNumber(interval.low), printNumber(interval.high)];
  const boundHolds = margin === undefined ? isSuperior(interval.low, by) : isNonInferior(interval.low, margin);
  const testHolds = gain.test === undefined || isSignificant(gain.test.pValue, level);
  const ofBound = {
    says: 'lower bound of the gain > threshold',
    value: low,
    threshold: margin === undefined ? by : subtractDecimals('0', margin),
  };
  if (gain.test === undefined || testHolds || !boundHolds)
    return { holds: boundHolds && testHolds, level, low, high, decisive: ofBound };
  const ofTest = {
    says: "p of McNemar's test <= threshold",
    value: printNumber(gain.test.pValue),
    threshold: subtractDecimals('1', level),
  };
  return { holds: false, level, low, high, decisive: ofTest };
}

function failure({ rule }: ImproveQuestion, method: string): ReportedVerdict {
  return { gate: 'improve', metric: rule.metric, method, outcome: 'fail' };
}

function toOutcome(holds: boolean): 'pass' | 'fail' {
  return holds ? 'pass' : 'fail';
}

function sayEvidence(evidence: Evidence): string {
  return evidence.kind === 'unproven' ? `not proven alike: ${evidence.parts.join(', ')}` : 'same evidence';
}

function sayDifferences({ over }: ImproveQuestion, { differences }: Extract<Evidence, { kind: 'different' }>): string {
  const each = differences.map(({ part, digest, a, b }) => `${part} ${digest} ${a}, of ${over} ${b}`);
  return `unlike evidence, not compared: ${each.join('; ')}`;
}
