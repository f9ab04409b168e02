import { describe, expect, test } from 'vitest';
import { type JsonValue, parseJson } from '../../../src/domain/canonical-json.ts';
import {
  isAdmitted,
  isUnknownLicence,
  joinLicences,
  licenceOfText,
  statedLicence,
} from '../../../src/domain/licence.ts';

const json = (text: string): JsonValue => parseJson(new TextEncoder().encode(text), 'x.json');

describe('a licence is admitted', () => {
  test.each([
    ['MIT', true],
    ['mit', true],
    ['GPL-3.0-only', false],
    ['MIT OR GPL-3.0-only', true],
    ['MIT and GPL-3.0-only', false],
    ['(GPL-3.0-only OR MIT) AND Apache-2.0', true],
    ['GPL-3.0-only OR MIT AND Apache-2.0', true],
    ['GPL-3.0-only AND MIT OR GPL-3.0-only', false],
    ['Apache-2.0 WITH LLVM-exception', true],
    // What is no expression is one id.
    ['see the LICENSE file', false],
    ['MIT OR', false],
    ['((MIT)', false],
    ['('.repeat(5000), false],
  ])('by a list of ids: %s: %s', (text, admitted) => {
    expect(isAdmitted(text, { allow: ['mit', 'Apache-2.0'] })).toBe(admitted);
  });

  test('by what is denied: one way that is free is enough, and what is denied goes before what is allowed', () => {
    expect(isAdmitted('anything', { deny: ['AGPL-3.0-only'] })).toBe(true);
    expect(isAdmitted('agpl-3.0-only', { deny: ['AGPL-3.0-only'] })).toBe(false);
    expect(isAdmitted('AGPL-3.0-only OR MIT', { deny: ['AGPL-3.0-only'] })).toBe(true);
    expect(isAdmitted('AGPL-3.0-only AND MIT', { deny: ['AGPL-3.0-only'] })).toBe(false);
    expect(isAdmitted('MIT', { allow: ['MIT'], deny: ['mit'] })).toBe(false);
    expect(isAdmitted('MIT', { allow: [] })).toBe(false);
  });
});

test('a document states a licence as a text, an address, an object, or several that all apply', () => {
  expect(statedLicence(json('{"license":" apache-2.0 "}'))).toBe('apache-2.0');
  expect(statedLicence(json('{"license":"https://spdx.org/licenses/MIT.html"}'))).toBe('MIT');
  expect(statedLicence(json('{"sc:license":"https://creativecommons.org/licenses/by-sa/4.0/deed.en"}'))).toBe(
    'CC-BY-SA-4.0',
  );
  expect(statedLicence(json('{"license":"https://creativecommons.org/publicdomain/zero/1.0/"}'))).toBe('CC0-1.0');
  expect(statedLicence(json('{"license":{"name":"MIT"}}'))).toBe('MIT');
  expect(statedLicence(json('{"license":["mit OR isc","cc0-1.0"]}'))).toBe('(mit OR isc) AND cc0-1.0');
  for (const silent of ['{}', '{"license":null}', '{"license":7}', '{"license":[]}', '{"license":""}', '[]'])
    expect(statedLicence(json(silent))).toBeUndefined();
});

test('a LICENSE file states its by the SPDX line', () => {
  expect(licenceOfText('/* SPDX-License-Identifier: MIT OR ISC */\n')).toBe('MIT OR ISC');
  expect(licenceOfText('Permission is hereby granted')).toBeUndefined();
});

test('no licence, and those that say nothing, are unknown', () => {
  expect(joinLicences(['', ' '])).toBeUndefined();
  expect(['', 'NOASSERTION', 'other', 'unknown', 'mit'].map(isUnknownLicence)).toEqual([true, true, true, true, false]);
});
