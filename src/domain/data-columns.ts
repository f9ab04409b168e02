/** Columns of data sets, as the documents beside the data state them. */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './canonical-json.ts';

/** Members that list columns: objects with a name, or texts. */
const LISTS = ['columns', 'fields', 'field', 'features', 'recordSet', 'subField'];

/** Members whose keys are columns: JSON Schema, and features by name. */
const BY_KEY = ['properties', 'features', 'columns', 'fields'];

/** Members that hold a description of columns. */
const INSIDE = ['schema', 'items', 'dataset', 'source', 'extract'];

/**
 * Returns the columns that a document names, each once: Croissant's record sets, JSON Schema, table schemas, or a list
 * under `columns`, `fields` or `features`. Nested ones too.
 */
export function columnsOf(document: JsonValue | undefined): readonly string[] {
  const found = new Set<string>();
  collect(document, found);
  return [...found];
}

/** Returns the columns that `columns` of a document names alone. */
export function statedColumns(document: JsonValue | undefined): readonly string[] {
  const columns = isJsonObject(document) ? document.get('columns') : undefined;
  return columns === undefined ? [] : columnsOf(new Map([['columns', columns]]));
}

function collect(value: JsonValue | undefined, found: Set<string>): void {
  if (value === undefined) return;
  if (isJsonArray(value)) for (const item of value) collect(item, found);
  if (!isJsonObject(value)) return;
  for (const key of LISTS) collectList(value.get(key), found, key !== 'recordSet');
  for (const key of BY_KEY) collectKeys(value.get(key), found);
  for (const key of INSIDE) collect(value.get(key), found);
  const column = value.get('column');
  if (typeof column === 'string') found.add(column);
}

function collectList(list: JsonValue | undefined, found: Set<string>, areColumns: boolean): void {
  if (list === undefined || !isJsonArray(list)) return;
  for (const item of list) {
    if (typeof item === 'string') found.add(item);
    if (!isJsonObject(item)) continue;
    if (areColumns) for (const name of namesOf(item)) found.add(name);
    collect(item, found);
  }
}

function collectKeys(byName: JsonValue | undefined, found: Set<string>): void {
  if (!isJsonObject(byName)) return;
  for (const [name, item] of byName) {
    found.add(name);
    collect(item, found);
  }
}

/** Croissant's `@id` of a field is `record set/field`. */
function namesOf(item: JsonObject): readonly string[] {
  const names = [item.get('name'), item.get('@id'), item.get('id')].filter((name) => typeof name === 'string');
  return names.flatMap((name) => (name.includes('/') ? [name, name.slice(name.lastIndexOf('/') + 1)] : [name]));
}

/** Returns the columns of a table's first line; the separator is the one of `,`, `;` and tab that it has most of. */
export function headerColumns(text: string): readonly string[] {
  const start = text.replace(/^\ufeff/, '');
  const outside = (start.split(/\r?\n/, 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
  const count = (separator: string): number => outside.split(separator).length;
  const separator = [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
  return splitRecord(start, separator).filter((name) => name !== '');
}

/** RFC 4180: a field in quotes may hold separators, line ends, and quotes twice. */
function splitRecord(text: string, separator: string): readonly string[] {
  const fields: string[] = [];
  for (let at = 0; ; at += 1) {
    const isQuoted = text[at] === '"';
    const pattern = isQuoted ? /"((?:[^"]|"")*)"?/y : separator === '\t' ? /([^\t\r\n]*)/y : /([^,;\r\n]*)/y;
    pattern.lastIndex = at;
    const [whole = '', field = ''] = pattern.exec(text) ?? [];
    fields.push((isQuoted ? field.replaceAll('""', '"') : field).trim());
    at += whole.length;
    if (text[at] !== separator) return fields;
  }
}
