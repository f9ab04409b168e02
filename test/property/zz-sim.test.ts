/**
 * A/A: two models without any true difference, judged again and again. A gate with a confidence of 0.95 may promote one in
 * twenty of them, and no more but for noise.
 */
import { describe, expect, test } from 'vitest';
import { sha256Of } from '../../src/domain/digest.ts';
import { judgeImprovements } from '../../src/domain/improvement/judge-improvements.ts';
import { RandomBits } from '../../src/domain/statistics/random.ts';
import { judgeOne, question, scored } from '../support/improve-question.ts';

const ALPHA = 0.05;

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

describe('between models that do not differ the gate promotes no more often than its level says', () => {
  test.each([
    ['0/1 scores, 150 samples', 150, (draws: Draws) => (ease: number) => draws.bit(0.6 + 0.4 * ease)],
    ['0/1 scores, 12 samples', 12, (draws: Draws) => (ease: number) => draws.bit(ease)],
    ['scores with noise, 60 samples', 60, (draws: Draws) => (ease: number) => ease + 0.3 * draws.normal()],
    ['skewed scores, 40 samples', 40, (draws: Draws) => (ease: number) => ease - Math.log(draws.uniform())],
    ['few scores, 6 samples', 6, (draws: Draws) => (ease: number) => ease + 0.3 * draws.normal()],
  ])('%s', (name, n, score) => {
    const judge = (draws: Draws): boolean => judgeOne(RULE, ...twins(n, draws, score(draws))).outcome === 'pass';
    const { passed, bound } = passes(800, judge, name);
    console.log(name, passed, bound, 800 * 0.05);
  });
});
