import { expect, test } from 'vitest';
import { caseFold } from '../../../src/domain/case-fold.ts';

test.each([
  ['ASCII', 'Model-A', 'model-a'],
  ['sharp s', 'Straße', 'strasse'],
  ['capital sharp s', 'STRAẞE', 'strasse'],
  ['every sigma, final or not', 'ΣΑΣ σας', 'σασ σασ'],
  ['Turkish capital I with a dot', 'İ', 'i\u0307'],
  ['dotless i stays', 'ı', 'ı'],
  ['long s', 'ſ', 's'],
  ['Kelvin sign', '\u212a', 'k'],
  ['ligature', 'ﬁ', 'fi'],
  ['Cherokee folds up', 'ꭰᏸ', 'ᎠᏰ'],
  ['no normalisation', 'E\u0301', 'e\u0301'],
  ['beyond the basic plane', '𐐀', '𐐨'],
])('%s', (_, text, folded) => {
  expect(caseFold(text)).toBe(folded);
});
