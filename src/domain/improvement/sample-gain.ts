/** The gain over samples that both models were scored on, paired by id. */
import { sha256Of } from '../digest.ts';
import { type Document, encodeDocument } from '../document-json.ts';
import { type SampleScores, scoresOf } from '../eval-scores.ts';
import { bcaInterval } from '../statistics/bca.ts';
import { clopperPearsonInterval } from '../statistics/clopper-pearson.ts';
import type { Interval } from '../statistics/interval.ts';
import { mcNemarTest } from '../statistics/mcnemar.ts';
import { pairedBootstrap, resamplesFor } from '../statistics/paired-bootstrap.ts';
import { pairedDifferences } from '../statistics/paired-differences.ts';
import { type Gain, inDirection, type NoGain, noGain, ofBoth, studentInterval, unfitGain } from './gain.ts';
import type { ImproveQuestion } from './question.ts';

/** Below, the bootstrap's interval is a little too narrow: Student's bounds count where they are wider. */
const FEW = 100;

/** So many means have to lie beyond a bound, so that the bound does not hang on the last few. */
const MEANS_IN_TAIL = 10;

const MOST_RESAMPLES = 100_000;

/**
 * Measures; undefined where one of both has no scores of the metric. `tail`: the smallest probability beyond a bound that
 * will be asked for.
 */
export function gainOfSamples(question: ImproveQuestion, tail: number): Gain | NoGain | undefined {
  const { rule, over } = question;
  const scores = ofBoth(question, (report) => scoresOf(report, rule.metric));
  if (scores?.kind !== 'both') return scores;
  const { ours: candidate, theirs: baseline } = scores;
  const problem = findUnpaired(candidate, baseline, over);
  if (problem !== undefined) return noGain(problem);
  const differences = pairedDifferences(...inDirection(rule, candidate.values, baseline.values));
  const isBinary = candidate.binary && baseline.binary;
  return (
    (isBinary ? unchangedGain(differences) : undefined) ?? bootstrapGain(question, { differences, tail, isBinary })
  );
}

/** Which samples are not the other's; their order is that of their ids. */
function findUnpaired(candidate: SampleScores, baseline: SampleScores, over: string): string | undefined {
  const [ours, theirs] = [new Set(candidate.ids), new Set(baseline.ids)];
  const alone = candidate.ids.filter((id) => !theirs.has(id)).length;
  const lacking = baseline.ids.filter((id) => !ours.has(id)).length;
  if (alone === 0 && lacking === 0) return undefined;
  return `unlike evidence: of the samples with a score, ${alone} are the candidate's alone, ${lacking} are ${over}'s alone`;
}

interface Paired {
  readonly differences: readonly number[];
  readonly tail: number;
  readonly isBinary: boolean;
}

function bootstrapGain(question: ImproveQuestion, { differences, tail, isBinary }: Paired): Gain | NoGain {
  const n = differences.length;
  const resamples = Math.max(resamplesFor(n), Math.ceil(MEANS_IN_TAIL / tail));
  if (resamples > MOST_RESAMPLES)
    return noGain(`a probability of ${tail} beyond a bound takes more than ${MOST_RESAMPLES} resamples`);
  const asked = { confidence: 1 - tail, sides: 'one', seed: seedOf(question), resamples } as const;
  const bootstrap = pairedBootstrap(differences, asked);
  if (bootstrap.kind === 'unfit') return unfitGain(bootstrap.reason, `${n} paired samples`);
  const isFew = n < FEW;
  const wider = isFew ? ", or Student's t where wider" : '';
  return {
    kind: 'gain',
    method: `paired bootstrap (BCa, ${resamples} resamples)${wider}, ${n} samples`,
    estimate: bootstrap.estimate,
    interval: (confidence) => {
      const bca = bcaInterval(bootstrap.distribution, confidence, 'one');
      return isFew ? widest(bca, differences, confidence) : bca;
    },
    ...(isBinary && question.rule.margin === undefined ? { test: mcNemar(differences) } : {}),
  };
}

function widest(bca: Interval, differences: readonly number[], confidence: number): Interval {
  const { low, high } = studentInterval(differences, confidence);
  return { low: Math.min(bca.low, low), high: Math.max(bca.high, high) };
}

/** It is exact at any n, where the bootstrap is not: it guards the claim that there is a gain at all. */
function mcNemar(differences: readonly number[]): NonNullable<Gain['test']> {
  const gained = differences.filter((difference) => difference > 0).length;
  const lost = differences.filter((difference) => difference < 0).length;
  const { oneSided } = mcNemarTest(gained, lost);
  return { method: `McNemar, exact, one-sided, ${gained} gained, ${lost} lost`, pValue: oneSided };
}

/**
 * Where both were right and wrong on the same samples there is no spread to resample, but a bound: more than so many gained,
 * or more than so many lost, would have shown in n samples.
 */
function unchangedGain(differences: readonly number[]): Gain | undefined {
  if (differences.some((difference) => difference !== 0)) return undefined;
  const n = differences.length;
  return {
    kind: 'gain',
    method: `Clopper-Pearson, none of ${n} samples gained or lost`,
    estimate: 0,
    interval: (confidence) => {
      const { high } = clopperPearsonInterval(0, n, confidence, 'one');
      return { low: -high, high };
    },
  };
}

/** The same reports draw the same samples, in any clone; the confidence is no part of it, so that Holm's levels share them. */
function seedOf({ rule, candidate, baseline }: ImproveQuestion): string {
  const { metric, direction = 'up' } = rule;
  const inputs = { candidate: candidate.files, baseline: baseline.files };
  const document = { v: 1, method: 'paired-bootstrap-bca', metric, direction, ...inputs };
  return sha256Of(encodeDocument(document as unknown as Document));
}
