/** What data say of a gain: an estimate, and where it may lie. */
import type { ImproveRule } from '../policy.ts';
import type { Interval } from '../statistics/interval.ts';
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

/** Returns values of both sides so that first minus second is the gain. */
export function inDirection<T>({ direction }: ImproveRule, candidate: T, baseline: T): readonly [T, T] {
  return direction === 'down' ? [baseline, candidate] : [candidate, baseline];
}

/**
 * Returns what both reports have of one kind; undefined where one has it not, so that another kind may do. What is there and
 * contradicts the report is no reason to look elsewhere.
 */
export function ofBoth<T extends { readonly kind: string }>(
  { candidate, baseline, over }: ImproveQuestion,
  read: (report: ImproveQuestion['candidate']['report']) => T | Flaw,
): readonly [T, T] | NoGain | undefined {
  const [ours, theirs] = [read(candidate.report), read(baseline.report)];
  if (isFlaw(ours) && ours.kind !== 'absent') return noGain(`the candidate's ${sayFlaw(ours)}`);
  if (isFlaw(theirs) && theirs.kind !== 'absent') return noGain(`${over}'s ${sayFlaw(theirs)}`);
  return isFlaw(ours) || isFlaw(theirs) ? undefined : [ours, theirs];
}

type Flaw =
  | { readonly kind: 'absent' }
  | { readonly kind: 'wrong'; readonly pointer: string; readonly problem: string }
  | { readonly kind: 'unlike'; readonly computed: number; readonly stated: string };

function isFlaw(value: { readonly kind: string }): value is Flaw {
  return ['absent', 'wrong', 'unlike'].includes(value.kind);
}

function sayFlaw(flaw: Exclude<Flaw, { kind: 'absent' }>): string {
  if (flaw.kind === 'wrong') return `report ${flaw.pointer}: ${flaw.problem}`;
  return `data give ${flaw.computed}, its report states ${flaw.stated}`;
}
