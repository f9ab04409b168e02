import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../../src/cli/duration.ts';
import { given } from '../../../src/cli/given.ts';
import { readMetrics, readParams, readSeed } from '../../../src/cli/json-values.ts';
import { parseActor } from '../../../src/cli/on-behalf-of.ts';
import { readAssignments, readTexts } from '../../../src/cli/read-texts.ts';
import { encodeJson, type JsonValue } from '../../../src/domain/canonical-json.ts';
import { faultOf } from '../../support/fault-of.ts';

const pair = (text: string) => ({ key: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) });
const spelled = (values: ReadonlyMap<string, JsonValue>) => encodeJson(values);

describe('a duration', () => {
  test.each([
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['0h', 0],
  ])('%s is %d milliseconds', (text, milliseconds) => {
    expect(parseDuration(text, '--ttl')).toBe(milliseconds);
  });

  test.each(['', '24', 'h', '1.5h', '-1h', '1H', '24 h', '1h30m', '1e3s', '12345678s'])('%j is refused', (text) => {
    expect(faultOf(() => parseDuration(text, '--ttl'))).toEqual({
      code: 'usage',
      data: { option: '--ttl', value: text },
    });
  });
});

describe('an actor', () => {
  test.each([
    ['Ada Lovelace <ada@example.org>', 'Ada Lovelace', 'ada@example.org'],
    ['  Ada Lovelace  ', 'Ada Lovelace', ''],
    ['ada@example.org', 'ada@example.org', 'ada@example.org'],
    ['<ada@example.org>', 'ada@example.org', 'ada@example.org'],
    ['Zoë 張', 'Zoë 張', ''],
  ])('%j is %j with the email %j', (text, name, email) => {
    expect(parseActor(text)).toEqual({ name, email });
  });

  test.each(['', '   ', 'Ada <', 'Ada <ada>', 'Ada <a@b> <c@d>', 'a\nb', 'a\u001b[31m', 'x'.repeat(201)])(
    '%j is refused',
    (text) => {
      expect(faultOf(() => parseActor(text)).code).toBe('usage');
    },
  );
});

describe('metrics', () => {
  test('keep what canonical JSON distinguishes, and every digit', () => {
    const pairs = ['a=1', 'b=1.0', 'c=0.10', 'd=1e-5', 'e=18446744073709551617', 'f=-0.0'].map(pair);
    expect(spelled(readMetrics(pairs))).toBe('{"a":1,"b":1.0,"c":0.1,"d":1e-05,"e":18446744073709551617,"f":-0.0}');
  });

  test.each(['', 'high', 'true', 'null', '"1"', '[1]', 'NaN', 'Infinity', '1e400', '01', '.5', '1 2', '0x10'])(
    'refuse %j',
    (value) => {
      expect(faultOf(() => readMetrics([{ key: 'k', value }]))).toEqual({
        code: 'usage',
        data: { option: '--metric k', value },
      });
    },
  );

  test('refuse a key that comes twice', () => {
    expect(faultOf(() => readMetrics([pair('k=1'), pair('k=1')])).data).toEqual({ option: '--metric', key: 'k' });
  });
});

describe('params', () => {
  test('are JSON where they are JSON, else text', () => {
    const pairs = [
      'a=1.0',
      'b=true',
      'c=null',
      'd=[1,"x"]',
      'e={"z":1,"y":2}',
      'f="q"',
      'g=adam',
      'h=',
      'i=NaN',
      'j={x}',
      'k=a=b',
      'l=3e-4',
    ].map(pair);
    expect(spelled(readParams(pairs))).toBe(
      '{"a":1.0,"b":true,"c":null,"d":[1,"x"],"e":{"y":2,"z":1},"f":"q","g":"adam","h":"","i":"NaN","j":"{x}","k":"a=b","l":0.0003}',
    );
  });

  test.each([
    ['1e400', 'non-finite'],
    ['{"a":1,"a":2}', 'duplicate-key'],
    ['"\\ud800"', 'lone-surrogate'],
    ['9'.repeat(4301), 'integer-too-long'],
  ])('refuse JSON that no identity can hold: %.20s', (value, fault) => {
    expect(faultOf(() => readParams([{ key: 'k', value }]))).toMatchObject({ code: 'bad-json', data: { fault } });
  });
});

describe('a seed', () => {
  test('is an integer of any size', () => {
    expect(readSeed('18446744073709551616').text).toBe('18446744073709551616');
    expect(readSeed('-1').text).toBe('-1');
  });

  test.each(['', '1.0', '1e3', 'x'])('%j is refused', (text) => {
    expect(faultOf(() => readSeed(text)).code).toBe('usage');
  });
});

describe('texts by key', () => {
  test('split at the first equals sign', () => {
    expect(readTexts('tag', readAssignments(['a=b=c', 'd=', '__proto__=x']))).toEqual(
      Object.fromEntries([
        ['a', 'b=c'],
        ['d', ''],
        ['__proto__', 'x'],
      ]),
    );
  });

  test.each(['a', '=b', ''])('refuse the word %j', (word) => {
    expect(faultOf(() => readAssignments([word]))).toEqual({ code: 'usage', data: { word } });
  });

  test('refuse a key that comes twice', () => {
    expect(faultOf(() => readTexts('tag', readAssignments(['a=1', 'a=2']))).data).toEqual({ key: 'a' });
  });
});

test('what was not given has no member', () => {
  expect(Object.keys(given({ a: undefined, b: null, c: 0, d: '', e: false }))).toEqual(['b', 'c', 'd', 'e']);
});
