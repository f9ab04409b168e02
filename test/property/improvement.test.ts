/**
 * A/A: two models without any true difference, judged again and again. A gate with a confidence of 0.95 may promote one in
 * twenty of them, and no more but for noise.
 */
import { describe, expect, test } from 'vitest';
import { sha256Of } from '../../src/domain/digest.ts';
import type { ReportedVerdict } from '../../src/domain/gate-report.ts';
import { judgeImprovements } from '../../src/domain/improvement/judge-improvements.ts';
import { RandomBits } from '../../src/domain/statistics/random.ts';
import { judgeOne, question, scored } from '../support/improve-question.ts';

const ALPHA = 0.05;

/** Judgements of a kind. */
const TIMES = 250;

/** Draws that are the same at every run. */
class Draws {
  readonly #bits: RandomBits;

  constructor(seed: string) {
    this.#bits = new RandomBits(sha256Of(seed));
  }

  /** 0 < u < 1. */
  uniform(): number {
    return (this.#bits.below(2 ** 30) + 0.5) / 2 ** 30;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  bit(probability: number): number {
    return this.uniform() < probability ? 1 : 0;
  }
}

function listOf(n: number, draw: (index: number) => number): readonly number[] {
  return Array.from({ length: n }, (_, index) => draw(index));
}

/** Returns how many of `times` passed, and how many may: the level plus three standard errors. */
function passes(times: number, judge: (draws: Draws) => boolean, seed: string): { passed: number; bound: number } {
  const draws = new Draws(seed);
  let passed = 0;
  for (let time = 0; time < times; time++) if (judge(draws)) passed += 1;
  return { passed, bound: times * ALPHA + 3 * Math.sqrt(times * ALPHA * (1 - ALPHA)) };
}

const RULE = { metric: 'accuracy', confidence: '0.95' } as const;

/** Two draws of the same model: what it scores on a sample, and a noise that is each time its own. */
function twins(n: number, draws: Draws, score: (ease: number) => number): readonly [object, object] {
  const ease = listOf(n, () => draws.uniform());
  const [ours, theirs] = [ease.map(score), ease.map(score)];
  return [scored(ours), scored(theirs)];
}

const noisy = (draws: Draws) => (ease: number) => ease + 0.3 * draws.normal();

const isPromoted = ({ outcome }: ReportedVerdict): boolean => outcome === 'pass';

describe('between models that do not differ the gate promotes no more often than its level says', () => {
  test.each([
    ['0/1 scores, 150 samples', 150, (draws: Draws) => (ease: number) => draws.bit(0.6 + 0.4 * ease)],
    ['0/1 scores, 12 samples', 12, (draws: Draws) => (ease: number) => draws.bit(ease)],
    ['scores with noise, 60 samples', 60, noisy],
    ['skewed scores, 40 samples', 40, (draws: Draws) => (ease: number) => ease - Math.log(draws.uniform())],
    ['few scores, 6 samples', 6, noisy],
  ])('%s', (name, n, score) => {
    const judge = (draws: Draws): boolean => isPromoted(judgeOne(RULE, ...twins(n, draws, score(draws))));
    const { passed, bound } = passes(TIMES, judge, name);
    expect(passed).toBeLessThanOrEqual(bound);
  });

  test('five repeats, also where a loss of the very margin is what is true', () => {
    const runs = (draws: Draws, mean: number): object => ({
      runs: { accuracy: listOf(5, () => mean + 0.01 * draws.normal()) },
    });
    const same = (draws: Draws): boolean => isPromoted(judgeOne(RULE, runs(draws, 0.8), runs(draws, 0.8)));
    const worse = (draws: Draws): boolean =>
      isPromoted(judgeOne({ ...RULE, margin: '0.02' }, runs(draws, 0.78), runs(draws, 0.8)));
    for (const judge of [same, worse]) {
      const { passed, bound } = passes(TIMES, judge, 'repeats');
      expect(passed).toBeLessThanOrEqual(bound);
    }
  });

  test('counts of 0/1, not paired', () => {
    const counts = (draws: Draws): object => {
      const successes = listOf(150, () => draws.bit(0.85)).reduce((sum, bit) => sum + bit, 0);
      return { accuracy: successes / 150, counts: { accuracy: { successes, n: 150 } } };
    };
    const judge = (draws: Draws): boolean => isPromoted(judgeOne(RULE, counts(draws), counts(draws)));
    const { passed, bound } = passes(1000, judge, 'counts');
    expect(passed).toBeLessThanOrEqual(bound);
  });

  test('any of four metrics that are asked together, by Holm', () => {
    const names = ['a', 'b', 'c', 'd'];
    const report = (draws: Draws): object => ({
      runs: Object.fromEntries(names.map((name) => [name, listOf(6, () => draws.normal())])),
    });
    const judge = (draws: Draws): boolean => {
      const [ours, theirs] = [report(draws), report(draws)];
      const verdicts = judgeImprovements(names.map((metric) => question({ ...RULE, metric }, ours, theirs)));
      return verdicts.some(isPromoted);
    };
    const { passed, bound } = passes(TIMES, judge, 'holm');
    expect(passed).toBeLessThanOrEqual(bound);
  });
});

describe('where there is a difference', () => {
  test('it is found nearly always, once the samples bear it', () => {
    const judge = (draws: Draws): boolean => {
      const ease = listOf(300, () => draws.uniform());
      const [ours, theirs] = [0.9, 0.8].map((rate) => scored(ease.map(() => draws.bit(rate))));
      return isPromoted(judgeOne(RULE, ours ?? {}, theirs ?? {}));
    };
    expect(passes(100, judge, 'power').passed).toBeGreaterThan(80);
  });
});
