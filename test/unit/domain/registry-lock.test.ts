import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/domain/canonical-json.ts';
import { encodeLock, type Pin, readLock } from '../../../src/domain/registry-lock.ts';

const SHA = 'ab'.repeat(32);
const isValid = new Ajv2020().compile(JSON.parse(readFileSync('src/schema/registry-lock.schema.json', 'utf8')));
const read = (text: string): readonly Pin[] | string =>
  readLock(parseJson(new TextEncoder().encode(text), 'registry.lock'));

test('what is written is what is read, fits the schema, and does not depend on the order', () => {
  const pins = [
    { model: 'tutor', version: 'v1.0.0', sha256: SHA },
    { model: 'school/verbs', version: null, sha256: SHA },
  ] as unknown as readonly Pin[];
  const text = encodeLock(pins);
  expect(read(text)).toEqual([pins[1], pins[0]]);
  expect(encodeLock([...pins].reverse())).toBe(text);
  expect(isValid(JSON.parse(text))).toBe(true);
  expect(read(encodeLock([]))).toEqual([]);
});

describe('what is refused', () => {
  test.each([
    ['[]', 'expected an object'],
    ['{"pins":[]}', '/v: expected 1'],
    ['{"v":1}', '/pins: expected an array'],
    ['{"v":1,"pins":[3]}', '/pins/0: expected an object'],
    [`{"v":1,"pins":[{"version":null,"sha256":"${SHA}"}]}`, '/pins/0/model: expected a model name'],
    [`{"v":1,"pins":[{"model":"a","version":"1","sha256":"${SHA}"}]}`, '/pins/0/version: expected vX.Y.Z or null'],
    ['{"v":1,"pins":[{"model":"a","version":null,"sha256":"x"}]}', '/pins/0/sha256: expected 64 lower-case hex digits'],
    [`{"v":1,"pins":[{"model":"a","version":null,"sha256":"${SHA}","x":1}]}`, '/pins/0/x: unknown member'],
  ])('by the reader is refused by the schema too: %s', (text, message) => {
    expect(read(text)).toBe(message);
    expect(isValid(JSON.parse(text))).toBe(false);
  });
});
