/** What data say of a gain: an estimate, and where it may lie. */
import { RegistryError } from '../errors.ts';
import type { EvalReport } from '../eval-report.ts';
import type { UnlikeMetric } from '../eval-scores.ts';
import type { ImproveRule } from '../policy.ts';
import type { ABSENT, Wrong } from '../reported.ts';
import type { Interval } from '../statistics/interval.ts';
import type { Unfit } from '../statistics/paired-evidence.ts';
import { pairedRepeats } from '../statistics/paired-repeats.ts';
import type { ImproveQuestion } from './question.ts';

/** A gain that was measured; positive is better, whichever way the metric goes. */
export interface Gain {
  readonly kind: 'gain';
  /** The method and what it was applied to, for the verdict. */
  readonly method: string;
  readonly estimate: number;
  /** Each bound alone holds with the confidence, a share: the gate looks in one direction. */
  interval(confidence: number): Interval;
  /** A test of "no better" that must agree with the lower bound. */
  readonly test?: { readonly method: string; readonly pValue: number };
}

/** Why there is none. */
export interface NoGain {
  readonly kind: 'none';
  readonly problem: string;
}

/** Returns `none` with a reason. */
export function noGain(problem: string): NoGain {
  return { kind: 'none', problem };
}

const UNFIT: Readonly<Record<Unfit, string>> = {
  'too-few': 'at least 2 are needed',
  'all-equal': 'all differ by the same, so that no spread can be told',
  'out-of-range': 'their differences are too large or too small',
};

/** Returns `none` for differences of which nothing can be said; `what` counts them: `12 paired samples`. */
export function unfitGain(reason: Unfit, what: string): NoGain {
  return noGain(`${what}: ${UNFIT[reason]}`);
}

/** Returns Student's bounds of the mean of differences that `unfitFor` has nothing against. */
export function studentInterval(differences: readonly number[], confidence: number): Interval {
  const repeats = pairedRepeats(differences, confidence, 'one');
  if (repeats.kind === 'unfit') throw new RegistryError('bug', `improve: ${repeats.reason} differences were judged`);
  return repeats.interval;
}

/** Returns values of both sides so that first minus second is the gain. */
export function inDirection<T>({ direction }: ImproveRule, candidate: T, baseline: T): readonly [T, T] {
  return direction === 'down' ? [baseline, candidate] : [candidate, baseline];
}

/** What both reports have. */
export interface Both<T> {
  readonly kind: 'both';
  readonly ours: T;
  readonly theirs: T;
}

type Flaw = Wrong | UnlikeMetric | typeof ABSENT;

/**
 * Returns what both reports have of one kind; undefined where one has it not, so that another kind may do. What is there and
 * contradicts the report is no reason to look elsewhere.
 */
export function ofBoth<T extends { readonly kind: string }>(
  { candidate, baseline, over }: ImproveQuestion,
  read: (report: EvalReport) => T | Flaw,
): Both<T> | NoGain | undefined {
  const [ours, theirs] = [read(candidate.report), read(baseline.report)];
  const flaw = sayFlaw(ours, 'the candidate') ?? sayFlaw(theirs, over);
  if (flaw !== undefined) return noGain(flaw);
  if (ours.kind === 'absent' || theirs.kind === 'absent') return undefined;
  return { kind: 'both', ours: ours as T, theirs: theirs as T };
}

function sayFlaw(read: { readonly kind: string } | Flaw, whose: string): string | undefined {
  if (isKind(read, 'wrong')) return `${whose}: ${read.pointer}: ${read.problem}`;
  return isKind(read, 'unlike') ? `${whose}: its data give ${read.computed}, it states ${read.stated}` : undefined;
}

function isKind<K extends Flaw['kind']>(read: { readonly kind: string }, kind: K): read is Extract<Flaw, { kind: K }> {
  return read.kind === kind;
}
