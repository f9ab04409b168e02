/** JSON as tests generate it: values, the many texts that a value can have, and texts that are almost JSON. */
import fc from 'fast-check';
import { isJsonArray, isJsonNumber, isJsonObject, type JsonValue } from '../../src/domain/canonical-json.ts';
import { spellFloat } from '../../src/domain/json-number.ts';

/** Floats by random bits: most have extreme exponents, and subnormal ones occur. Never NaN or infinite. */
export const anyFloat: fc.Arbitrary<number> = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0)
  .filter((value) => Number.isFinite(value));

/** Canonical spellings of integers, long ones too, and of floats of every size. */
export const numberText: fc.Arbitrary<string> = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  fc.oneof(anyFloat, fc.double({ noDefaultInfinity: true, noNaN: true })).map((value) => spellFloat(value) ?? '0'),
);

/** Text of all of Unicode, with the characters that escaping and sorting care about made frequent. */
const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '"',
      '\\',
      '/',
      '\n',
      '\u0000',
      '\u001f',
      '\u007f',
      '\u2028',
      '\ufffd',
      '\ue000',
      '\uffff',
      '😀',
      'é',
      'a',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 8,
});

const anyKey = fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor', 'toString', '10', '9', '01', ''));

/** Any JSON value. */
export const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec<{ readonly value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    numberText.map((text) => ({ kind: 'number', text }) as const),
    anyText,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(fc.tuple(anyKey, tie('value')), { maxLength: 6 }).map((members) => new Map(members)),
  ),
})).value;

/** Picks one of `count` ways, from 0. */
export type Choose = (count: number) => number;

/** An endless supply of choices. */
export const choices: fc.Arbitrary<Choose> = fc.infiniteStream(fc.nat()).map((stream) => {
  return (count) => (stream.next().value ?? 0) % count;
});

/** Writes a value as some JSON text: other white space, another order of members, other escapes and spellings. */
export function writeSomehow(value: JsonValue, choose: Choose): string {
  const space = (): string => ['', '', ' ', '\n\t', '\r\n'][choose(5)] ?? '';
  const join = (texts: readonly string[]): string => texts.map((text) => space() + text + space()).join(',');
  if (isJsonArray(value)) return `[${space()}${join(value.map((item) => writeSomehow(item, choose)))}]`;
  if (isJsonObject(value)) {
    const members = Array.from(value, ([key, member]) => {
      return `${escapeSomehow(key, choose)}${space()}:${space()}${writeSomehow(member, choose)}`;
    });
    for (let at = members.length - 1; at > 0; at -= 1) {
      const other = choose(at + 1);
      [members[at], members[other]] = [members[other] ?? '', members[at] ?? ''];
    }
    return `{${space()}${join(members)}}`;
  }
  if (isJsonNumber(value)) return spellSomehow(value.text, choose);
  return typeof value === 'string' ? escapeSomehow(value, choose) : String(value);
}

function escapeSomehow(text: string, choose: Choose): string {
  const units = text.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  if (choose(4) === 0) return `"${units.map((hex) => `\\u${choose(2) === 0 ? hex : hex.toUpperCase()}`).join('')}"`;
  return choose(2) === 0 ? JSON.stringify(text) : JSON.stringify(text).replaceAll('/', '\\/');
}

/** A float can be written with more digits and another exponent; an integer only as it is, but for -0. */
function spellSomehow(text: string, choose: Choose): string {
  if (!/[.e]/.test(text)) return text === '0' && choose(2) === 0 ? '-0' : text;
  const [digits = '', exponent = '0'] = text.split('e');
  const longer = digits.includes('.') ? `${digits}000` : `${digits}.0`;
  return [text, text.toUpperCase(), `${longer}e${exponent}`, `${longer}E${Number(exponent)}`][choose(4)] ?? text;
}

const FRAGMENTS = [
  '"',
  '\\',
  ',',
  ':',
  '[',
  ']',
  '{',
  '}',
  '0',
  '1',
  '-',
  '+',
  '.',
  'e',
  'E',
  ' ',
  '\n',
  '\u000b',
  '\u00a0',
];
const WORDS = [
  'null',
  'true',
  'NaN',
  'Infinity',
  '-Infinity',
  '\\u',
  '\\ud800',
  '\\udc00',
  '1e400',
  '-0',
  '01',
  '"a":',
  '//',
  '\ufeff',
  'é',
  '\0',
];

/** A few small edits of a text: pieces put in, taken out or put twice. */
export const edits: fc.Arbitrary<(text: string) => string> = fc
  .array(fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.constantFrom('', ...FRAGMENTS, ...WORDS)), {
    minLength: 1,
    maxLength: 3,
  })
  .map((steps) => (text) => {
    return steps.reduce((edited, [at, taken, put]) => {
      const start = at % (edited.length + 1);
      return edited.slice(0, start) + put + edited.slice(start + taken);
    }, text);
  });
