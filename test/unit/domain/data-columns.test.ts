import { expect, test } from 'vitest';
import { parseJson } from '../../../src/domain/canonical-json.ts';
import { columnsOf, headerColumns, statedColumns } from '../../../src/domain/data-columns.ts';

const read = (value: unknown): readonly string[] =>
  columnsOf(parseJson(new TextEncoder().encode(JSON.stringify(value)), 'x.json'));

test("Croissant's record sets name columns, nested ones too", () => {
  const field = {
    '@id': 'people/mail',
    name: 'people/mail',
    source: { extract: { column: 'E-Mail' } },
    subField: [{ name: 'host' }],
  };
  expect(read({ name: 'set', recordSet: [{ '@id': 'people', name: 'people', field: [field] }] })).toEqual([
    'people/mail',
    'mail',
    'host',
    'E-Mail',
  ]);
});

test('so do lists, table schemas, features and JSON Schema', () => {
  expect(read({ columns: ['a', { name: 'b' }] })).toEqual(['a', 'b']);
  expect(read({ schema: { fields: [{ name: 'a', type: 'string' }] } })).toEqual(['a']);
  expect(read({ features: { a: { dtype: 'string' }, b: {} } })).toEqual(['a', 'b']);
  expect(
    read({ type: 'object', properties: { a: { properties: { b: {} } }, c: { items: { properties: { d: {} } } } } }),
  ).toEqual(['a', 'b', 'c', 'd']);
  expect(read([{ columns: ['a'] }, { columns: ['b'] }])).toEqual(['a', 'b']);
  for (const silent of [{}, [], 7, 'columns', { columns: 7 }, { name: 'email' }]) expect(read(silent)).toEqual([]);
});

test('a train manifest names them under columns alone', () => {
  const manifest = parseJson(new TextEncoder().encode('{"columns":["a"],"features":["no"]}'), 'train_manifest.json');
  expect(statedColumns(manifest)).toEqual(['a']);
});

test('the first line of a table names them, whatever separates them', () => {
  expect(headerColumns('\ufeffid,email\r\n1,a@b\n')).toEqual(['id', 'email']);
  expect(headerColumns('id;"last, first";email')).toEqual(['id', 'last, first', 'email']);
  expect(headerColumns('id\temail\n')).toEqual(['id', 'email']);
  expect(headerColumns('"a ""b""","c\nd",e\n1,2,3')).toEqual(['a "b"', 'c\nd', 'e']);
  expect(headerColumns('a, ,b,')).toEqual(['a', 'b']);
  expect(headerColumns('')).toEqual([]);
});
