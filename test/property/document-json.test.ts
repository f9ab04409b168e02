import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeJson, parseJson } from '../../src/domain/canonical-json.ts';
import { type Document, decodeDocument, encodeDocument } from '../../src/domain/document-json.ts';
import { RegistryError } from '../../src/domain/errors.ts';
import { choices, edits, jsonValue, writeSomehow } from '../support/json-arbitraries.ts';

const documents: fc.Arbitrary<Document> = fc.letrec<{ readonly value: Document }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ unit: 'binary-ascii', maxLength: 4 }), tie('value'), { maxKeys: 6 }),
  ),
})).value;

/** Whether the strict parser takes a text, and prints it as it was. */
function isCanonical(text: string): boolean {
  try {
    return encodeJson(parseJson(new TextEncoder().encode(text), 'f.json')) === text;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-json') return false;
    throw error;
  }
}

test('a document survives encoding, and its text is canonical', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const text = encodeDocument(document);
      expect(isCanonical(text)).toBe(true);
      expect(decodeDocument(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 1000 },
  );
});

test('a text is taken exactly when the strict parser finds it canonical', () => {
  const texts = fc.oneof(
    fc.tuple(documents, edits).map(([document, edit]) => edit(encodeDocument(document))),
    fc.tuple(jsonValue, edits).map(([value, edit]) => edit(encodeJson(value))),
    fc.tuple(jsonValue, choices).map(([value, choose]) => writeSomehow(value, choose)),
    jsonValue.map((value) => encodeJson(value)),
    fc
      .string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) })
      .map((text) => `"${text}"`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(decodeDocument(text) !== undefined).toBe(isCanonical(text));
    }),
    { numRuns: 5000 },
  );
});
