/** The gain by the best evidence that both reports have: samples, else repeats, else counts. */
import { countsOf } from '../eval-scores.ts';
import { ABSENT } from '../reported.ts';
import { meanOf } from '../statistics/moments.ts';
import { proportionDifference } from '../statistics/newcombe.ts';
import { pairedDifferences } from '../statistics/paired-differences.ts';
import { unfitFor } from '../statistics/paired-evidence.ts';
import { type Gain, inDirection, type NoGain, noGain, ofBoth, studentInterval, unfitGain } from './gain.ts';
import type { ImproveQuestion } from './question.ts';
import { gainOfSamples } from './sample-gain.ts';

/** Measures. `tail`: the smallest probability beyond a bound that will be asked for. */
export function measureGain(question: ImproveQuestion, tail: number): Gain | NoGain {
  return (
    gainOfSamples(question, tail) ??
    gainOfRuns(question) ??
    gainOfCounts(question) ??
    noGain(`not both reports have samples, runs or counts of it (over ${question.over})`)
  );
}

function gainOfRuns(question: ImproveQuestion): Gain | NoGain | undefined {
  const { rule, over } = question;
  const runs = ofBoth(question, ({ runs: all }) => {
    if (all.kind === 'wrong') return all;
    const values = all.kind === 'given' ? all.value.get(rule.metric) : undefined;
    return values === undefined ? ABSENT : ({ kind: 'runs', values } as const);
  });
  if (runs?.kind !== 'both') return runs;
  const [ours, theirs] = [runs.ours.values, runs.theirs.values];
  if (ours.length !== theirs.length)
    return noGain(`unlike evidence: ${ours.length} runs of the candidate, ${theirs.length} of ${over}`);
  const differences = pairedDifferences(...inDirection(rule, ours, theirs));
  const [n, reason] = [differences.length, unfitFor(differences)];
  if (reason !== undefined) return unfitGain(reason, `${n} paired runs`);
  return {
    kind: 'gain',
    method: `Student's t, ${n} paired runs`,
    estimate: meanOf(differences),
    interval: (confidence) => studentInterval(differences, confidence),
  };
}

function gainOfCounts(question: ImproveQuestion): Gain | NoGain | undefined {
  const { rule } = question;
  const counts = ofBoth(question, (report) => countsOf(report, rule.metric));
  if (counts?.kind !== 'both') return counts;
  const [ours, theirs] = inDirection(rule, counts.ours, counts.theirs);
  return {
    kind: 'gain',
    method: `Newcombe (Wilson), counts of ${counts.ours.n} and ${counts.theirs.n}, not paired`,
    estimate: ours.successes / ours.n - theirs.successes / theirs.n,
    interval: (confidence) => proportionDifference(ours, theirs, confidence, 'one'),
  };
}
