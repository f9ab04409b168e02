import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkBundlePaths, explainBundlePath } from '../../src/domain/bundle-path.ts';
import { caseFold } from '../../src/domain/case-fold.ts';
import { RegistryError } from '../../src/domain/errors.ts';
import { decodeModelName, encodeModelName, isModelName, parseModelName } from '../../src/domain/model-name.ts';

const awkward = fc.constantFrom(
  '.',
  '-',
  '/',
  '%',
  '.lock',
  '..',
  'é',
  'e\u0301',
  '😀',
  ' ',
  '@{',
  'A',
  'a',
  '~',
  '1.0.0',
);
const texts = fc.string({
  unit: fc.oneof(awkward, fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
  maxLength: 8,
});
const models = texts.filter(isModelName);

test('a model is read back from its ref, which is plain ASCII that git takes', () => {
  fc.assert(
    fc.property(models, (model) => {
      const path = encodeModelName(model);
      expect(decodeModelName(path)).toBe(model);
      expect(path).toMatch(/^[A-Za-z0-9._%-]+(?:\/[A-Za-z0-9._%-]+)?$/);
      expect(path).not.toMatch(/\.\.|\.$|\.lock$|\.lock\/|\.\/|(?:^|\/)[.-]/i);
    }),
    { numRuns: 2000 },
  );
});

test('two refs never stand for one model', () => {
  const paths = fc.string({
    unit: fc.oneof(awkward, fc.constantFrom('%2E', '%2e', '%41', '%C3%A9', '%2F', 'x')),
    maxLength: 5,
  });
  fc.assert(
    fc.property(paths, (path) => {
      const model = decodeModelName(path);
      expect(model === undefined || encodeModelName(model) === path).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('what parses as a model name is one, in composed form', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const composed = text.normalize('NFC');
      const slots = ['staging', 'production'];
      const isLegal = isModelName(composed) && !composed.split('/').some((part) => slots.includes(part));
      if (isLegal) expect(parseModelName(text)).toBe(composed);
      else expect(() => parseModelName(text)).toThrow(RegistryError);
    }),
    { numRuns: 1000 },
  );
});

test('folding twice folds no further', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(caseFold(caseFold(text))).toBe(caseFold(text));
    }),
    { numRuns: 1000 },
  );
});

test('paths collide exactly when two fold to the same or one lies in the other', () => {
  const names = fc.constantFrom('a', 'A', 'b', 'ß', 'SS', 'a-', 'é', 'É');
  const paths = fc
    .array(fc.array(names, { minLength: 1, maxLength: 3 }), { maxLength: 6 })
    .map((all) => all.map((parts) => parts.join('/')));
  fc.assert(
    fc.property(paths, (all) => {
      const folded = all.map(caseFold);
      const collide = folded.some((one, at) =>
        folded.some((other, i) => at !== i && (one === other || one.startsWith(`${other}/`))),
      );
      if (collide) expect(() => checkBundlePaths(all)).toThrow(RegistryError);
      else expect(() => checkBundlePaths(all)).not.toThrow();
    }),
    { numRuns: 1000 },
  );
});

test('a legal path stays in its folder on every system', () => {
  fc.assert(
    fc.property(texts, (text) => {
      if (explainBundlePath(text) !== undefined) return;
      expect(text.split('/').every((name) => name !== '' && name !== '.' && name !== '..')).toBe(true);
      expect(text).not.toMatch(/[\\:<>|?*"]/);
    }),
  );
});
