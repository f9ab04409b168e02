import { expect, test } from 'vitest';
import { caseFold } from '../../src/domain/case-fold.ts';
import { runPython } from '../support/python.ts';
import { lacks } from '../support/tools.ts';

/** Prints `<code point> <folded code points>` for each code point that Python's Unicode version has. */
const FOLDED = `
import unicodedata
for c in range(0x110000):
    if unicodedata.category(chr(c)) not in ('Cn', 'Cs'):
        print(c, *map(ord, chr(c).casefold()))
`;

test.skipIf(lacks('python3'))('every code point that both Unicode versions have folds as in Python', () => {
  const lines = runPython(FOLDED)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const differing = lines.filter(([code = 0, ...folded]) => {
    const character = String.fromCodePoint(code);
    return !/\p{Unassigned}/u.test(character) && caseFold(character) !== String.fromCodePoint(...folded);
  });
  expect(lines.length).toBeGreaterThan(140_000);
  expect(differing).toEqual([]);
});
