import { describe, expect, test } from 'vitest';
import { escapeControls, escapeJsonText, escapeLines } from '../../../../src/cli/render/escape.ts';
import { renderKeyValues } from '../../../../src/cli/render/key-values.ts';
import { formatBytes, formatClock, formatCount, formatTime } from '../../../../src/cli/render/quantity.ts';
import { colourStyle, plainStyle } from '../../../../src/cli/render/style.ts';
import { cutToWidth, displayWidth, padToWidth } from '../../../../src/cli/render/width.ts';

const PLAIN = plainStyle(true);

describe('escaping', () => {
  const unsafe = [
    0x00, 0x07, 0x1b, 0x1f, 0x7f, 0x80, 0x9b, 0x9f, 0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066,
    0x2069,
  ];

  test.each(unsafe.map((code) => [code.toString(16), String.fromCharCode(code)] as const))(
    'leaves no U+%s in any of its forms',
    (_code, character) => {
      for (const made of [escapeControls, escapeLines, escapeJsonText])
        expect(made(`a${character}b`)).not.toContain(character);
    },
  );

  test('leaves what is harmless as it is', () => {
    const text = 'größe 日本 👩‍🔬 ‟…”\u200b';
    expect([escapeControls(text), escapeLines(text), escapeJsonText(text)]).toEqual([text, text, text]);
  });

  test('keeps lines and tabs where lines are expected, and only there', () => {
    expect(escapeLines('a\n\tb\r')).toBe('a\n\tb\\x0d');
    expect(escapeControls('a\n\tb')).toBe('a\\n\\tb');
  });

  test('of JSON text keeps its value', () => {
    const value = { text: '\u009b\u202e\u007f\u2028\n' };
    expect(JSON.parse(escapeJsonText(JSON.stringify(value, null, 2)))).toEqual(value);
  });
});

describe('a colour style', () => {
  const style = colourStyle(true);

  test('paints when finished, and measures without paint', () => {
    const text = `${style.bold('a')} ${style.dim(style.red('b'))}`;
    expect(style.plain(text)).toBe('a b');
    expect(style.finish(text)).toBe('\u001b[1ma\u001b[22m \u001b[2m\u001b[31mb\u001b[39m\u001b[22m');
  });

  test('does not paint emptiness', () => {
    expect(style.green('')).toBe('');
  });

  test('escapes sequences that it has not made, even those that look like its own', () => {
    expect(style.finish('\u001b[32mok\u001b[39m')).toBe('\\x1b[32mok\\x1b[39m');
    expect(style.finish(colourStyle(true).red('x'))).not.toContain('\u001b');
  });
});

describe('width', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['👩', 2],
    ['ｗ', 2],
    ['한', 2],
    ['a\u200db', 2],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 4, 'abc…'],
    ['日本語', 4, '日…'],
    ['日本語', 5, '日本…'],
  ])('%j cut to %i columns is %j', (text, width, expected) => {
    expect(cutToWidth(text, width, true)).toBe(expected);
    expect(displayWidth(expected)).toBeLessThanOrEqual(width);
  });

  test('is cut and filled in ASCII where the locale has no more', () => {
    expect(cutToWidth('abcdef', 4, false)).toBe('abc~');
    expect(padToWidth('日', 4)).toBe('日  ');
    expect(padToWidth('7', 3, 'right')).toBe('  7');
  });
});

describe('quantities', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1_048_575, '1.0 MiB'],
    [1_048_576, '1.0 MiB'],
    [2_147_483_648, '2.0 GiB'],
    [5e18, '4440.9 PiB'],
  ])('%i bytes are %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });

  test.each([
    [0, '0:00'],
    [7.4, '0:07'],
    [754, '12:34'],
    [3723, '1:02:03'],
  ])('%f seconds on a clock are %s', (seconds, expected) => {
    expect(formatClock(seconds)).toBe(expected);
  });

  test('counts and times are as people write them', () => {
    expect([formatCount(1, 'file'), formatCount(0, 'file'), formatCount(2, 'entry', 'entries')]).toEqual([
      '1 file',
      '0 files',
      '2 entries',
    ]);
    expect(formatTime('2026-01-31T12:34:56.789Z')).toBe('2026-01-31 12:34Z');
    expect(formatTime('yesterday')).toBe('yesterday');
  });
});

test('key-value blocks align values and leave out what is not there', () => {
  const lines = renderKeyValues(
    [
      ['model', 'm'],
      ['nothing', undefined],
      ['none', []],
      ['versions', ['v1', 'v2']],
      ['name', '日本'],
    ],
    PLAIN,
  );
  expect(lines).toEqual(['model     m', 'versions  v1', '          v2', 'name      日本']);
});
