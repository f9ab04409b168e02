import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalize, encodeJson, parseJson } from '../../src/domain/canonical-json.ts';
import { RegistryError } from '../../src/domain/errors.ts';
import { spellFloat } from '../../src/domain/json-number.ts';
import { anyFloat, choices, edits, jsonValue, writeSomehow } from '../support/json-arbitraries.ts';

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The canonical text, or the fault that it is refused for. */
function outcome(bytes: Uint8Array): { readonly text: string } | { readonly fault: unknown } {
  try {
    return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(canonicalize(bytes, 'f.json')) };
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-json') return { fault: error.data['fault'] };
    throw error;
  }
}

test('a value survives encoding', () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      expect(parseJson(bytesOf(encodeJson(value)), 'f.json')).toEqual(value);
    }),
  );
});

test('white space, order of members, escapes and spellings of numbers change no byte', () => {
  fc.assert(
    fc.property(jsonValue, choices, (value, choose) => {
      expect(outcome(bytesOf(writeSomehow(value, choose)))).toEqual({ text: encodeJson(value) });
    }),
    { numRuns: 500 },
  );
});

test('rewriting in one pass gives what parsing and encoding give, and rewriting again changes nothing', () => {
  fc.assert(
    fc.property(jsonValue, choices, edits, (value, choose, edit) => {
      const bytes = bytesOf(edit(writeSomehow(value, choose)));
      const once = outcome(bytes);
      if ('fault' in once) {
        expect(() => parseJson(bytes, 'f.json')).toThrow(RegistryError);
      } else {
        expect(encodeJson(parseJson(bytes, 'f.json'))).toBe(once.text);
        expect(outcome(bytesOf(once.text))).toEqual(once);
      }
    }),
    { numRuns: 2000 },
  );
});

test("what is JSON is what the engine's own parser takes, but for faults that it does not know", () => {
  fc.assert(
    fc.property(jsonValue, choices, edits, (value, choose, edit) => {
      const text = edit(writeSomehow(value, choose));
      const ours = outcome(bytesOf(text));
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      if ('text' in ours) expect(isJson).toBe(true);
      else if (isJson) expect(['duplicate-key', 'lone-surrogate', 'non-finite']).toContain(ours.fault);
    }),
    { numRuns: 2000 },
  );
});

test('any bytes are refused with a code or rewritten', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const once = outcome(bytes);
      expect('fault' in once ? once.fault : outcome(bytesOf(once.text))).toEqual(
        'fault' in once ? expect.any(String) : once,
      );
    }),
  );
});

test('a float is spelled so that it reads back, bit for bit', () => {
  fc.assert(
    fc.property(anyFloat, (value) => {
      const text = spellFloat(value) ?? '';
      expect(Object.is(Number(text), value)).toBe(true);
      expect(text).toMatch(/^-?(?:0|[1-9][0-9]*)\.[0-9]+$|^-?[1-9](?:\.[0-9]+)?e[+-][0-9]{2,3}$/);
    }),
    { numRuns: 5000 },
  );
});
