import { expect, test } from 'vitest';
import { collidesWith, type ModelName } from '../../../src/domain/model-name.ts';
import { ModelNameIndex } from '../../../src/domain/model-name-index.ts';

const NAMES = [
  'a',
  'A',
  'a/b',
  'A/b',
  'a/B',
  'b',
  'b/a',
  'straße',
  'STRASSE',
  'strasse/x',
  'a-b',
  'a_b',
  'c/d',
  'c/e',
] as ModelName[];

test('the index finds a collision exactly where looking at each name does', () => {
  for (const there of NAMES) {
    for (const also of NAMES) {
      for (const name of NAMES) {
        const { kind } = collidesWith(name, [there, also]);
        const expected = kind === 'same-fold' || kind === 'namespace';
        expect([name, there, also, new ModelNameIndex([there, also]).find(name) !== undefined]).toEqual([
          name,
          there,
          also,
          expected,
        ]);
      }
    }
  }
});
