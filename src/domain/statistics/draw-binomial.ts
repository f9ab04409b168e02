/** Binomial draws from random bits, exactly: no float and no approximation is in them. */
import type { RandomBits } from './random.ts';

/**
 * Draws how many of n succeed where each does with probability `part / whole`, integers with 0 <= part <= whole <= 2^31.
 *
 * Each of the n would draw a binary fraction and succeed where that lies below part/whole. All are drawn at once, a digit
 * at a time: how many have a zero there is a count of random bits, and only those that have had every digit of part/whole
 * so far are still open. Half of them are settled by each digit, so that n/16 words of bits do for n draws.
 */
export function drawBinomial(bits: RandomBits, n: number, part: number, whole: number): number {
  if (part === whole) return n;
  let successes = 0;
  let open = n;
  let rest = part;
  while (open > 0 && rest > 0) {
    const zeros = countOnes(bits, open);
    rest *= 2;
    if (rest >= whole) {
      rest -= whole;
      successes += zeros;
      open -= zeros;
    } else {
      open = zeros;
    }
  }
  return successes;
}

/** Returns how many of so many random bits are ones. */
function countOnes(bits: RandomBits, count: number): number {
  let ones = 0;
  for (let word = count >>> 5; word > 0; word--) ones += onesIn(bits.next());
  const left = count & 31;
  return left === 0 ? ones : ones + onesIn(bits.next() >>> (32 - left));
}

/** Adds up neighbouring bits, then pairs, then fours, then bytes (Warren, "Hacker's Delight", 5-1). */
function onesIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
