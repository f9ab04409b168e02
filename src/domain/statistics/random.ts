/** The one generator of resampling: numbers that depend on nothing but a digest. */

const FIRST_DRAWS = 20;

/**
 * Chris Doty-Humphrey's sfc32 (PractRand), seeded with the first 128 bits of a digest, the first 20 outputs thrown away.
 * Its outputs are part of every verdict that was ever stored: a vector pins them, and they never change.
 */
export class RandomBits {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** Takes a SHA-256 in lower-case hex. */
  constructor(digest: string) {
    const word = (index: number): number => Number.parseInt(digest.slice(index * 8, index * 8 + 8), 16) | 0;
    this.#a = word(0);
    this.#b = word(1);
    this.#c = word(2);
    this.#counter = word(3);
    for (let draw = 0; draw < FIRST_DRAWS; draw++) this.next();
  }

  /** Returns the next 32 random bits, as a signed integer. */
  next(): number {
    const output = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + output) | 0;
    return output;
  }

  /** Returns an integer from 0 to bound - 1, each as likely, for a bound of 1 to 2^31. */
  below(bound: number): number {
    // As many bits as the bound needs, drawn again while they say too much: a remainder would favour small numbers.
    const shift = Math.clz32(bound - 1);
    if (shift === 32) return 0;
    for (;;) {
      const drawn = this.next() >>> shift;
      if (drawn < bound) return drawn;
    }
  }
}
