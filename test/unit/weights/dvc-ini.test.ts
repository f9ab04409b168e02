import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseIni } from '../../../src/weights/dvc-ini.ts';
import { faultOf } from '../../support/fault-of.ts';

/** What Python's ConfigObj 5.0.9 makes of a text. */
interface ConfigObjVector {
  readonly name: string;
  readonly text: string;
  readonly sections?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly error?: string;
}

const VECTORS = JSON.parse(
  readFileSync(new URL('../../../fixtures/weights/configobj.json', import.meta.url), 'utf8'),
) as readonly ConfigObjVector[];

describe('as ConfigObj does, the reader', () => {
  test.each(VECTORS.filter(({ sections }) => sections !== undefined))('reads $name', ({ text, sections }) => {
    const read = [...parseIni(text, 'config')].map(([name, values]) => [name, Object.fromEntries(values)]);
    expect(Object.fromEntries(read)).toEqual(sections);
  });

  test.each(VECTORS.filter(({ error }) => error !== undefined))('refuses $name', ({ text }) => {
    expect(faultOf(() => parseIni(text, 'config'))).toMatchObject({ code: 'bad-dvc-config', data: { file: 'config' } });
  });
});

test('a refusal names the line', () => {
  expect(faultOf(() => parseIni('[s]\n\na = 1\nb\n', 'config')).data).toEqual({ file: 'config', line: 4 });
});

test.each(['a = """x"""', "a = '''x", '[a]\n[[b]]\nx = 1'])(
  'what DVC never writes is refused, not misread: %j',
  (text) => {
    expect(faultOf(() => parseIni(text, 'config')).code).toBe('bad-dvc-config');
  },
);
