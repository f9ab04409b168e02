/**
 * The syntax of DVC's configuration files, which is Python's ConfigObj: sections of one level, as DVC has them. Values of
 * several lines are refused rather than misread.
 */
import { RegistryError } from '../domain/errors.ts';

/** A value: a text, or a list where there are commas outside quotes. */
export type IniValue = string | readonly string[];

/** Sections by name, their values by key. What stands before the first section is under the empty name. */
export type IniFile = ReadonlyMap<string, ReadonlyMap<string, IniValue>>;

const SECTION = /^\[\s*(?<name>"[^"]*\S[^"]*"|'[^']*\S[^']*'|[^'"\s[].*?)\s*\]\s*(?:#.*)?$/;
const KEYWORD = /^(?<key>"[^"]*"|'[^']*'|[^'"=[][^=]*?)\s*=\s*(?<value>.*)$/;
/** One item of a value, quoted or bare, and what follows it: nothing, a comment, or a comma and the next item. */
const ITEM = /^(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^'",#][^,#]*))?\s*(?<rest>(?:[,#].*)?)$/;

/** Reads the text of a file; `file` names it in messages. Throws `bad-dvc-config` with data `{file, line}`. */
export function parseIni(text: string, file: string): IniFile {
  let current = new Map<string, IniValue>();
  const sections = new Map([['', current]]);
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  for (const [at, untrimmed] of lines.entries()) {
    const line = untrimmed.trim();
    if (line === '' || line.startsWith('#')) continue;
    const name = SECTION.exec(line)?.groups?.['name'];
    const { key, value: spelled = '' } = (name === undefined ? KEYWORD.exec(line)?.groups : undefined) ?? {};
    const value = parseValue(spelled);
    if (name !== undefined && !sections.has(unquote(name))) {
      current = new Map();
      sections.set(unquote(name), current);
    } else if (key !== undefined && value !== undefined && !current.has(unquote(key))) {
      current.set(unquote(key), value);
    } else {
      const problem = 'expected a new section, or a new key with a value of one line';
      throw new RegistryError('bad-dvc-config', `${file}:${at + 1}: ${problem}`, { data: { file, line: at + 1 } });
    }
  }
  return sections;
}

/** Returns a value without quotes and comment, or undefined where it breaks the syntax. */
function parseValue(spelled: string): IniValue | undefined {
  if (/^,\s*(?:#.*)?$/.test(spelled)) return [];
  const items: string[] = [];
  let isList = false;
  for (let left = spelled; ; isList = true) {
    const { double, single, bare, rest } = ITEM.exec(left)?.groups ?? {};
    if (rest === undefined) return undefined;
    const item = double ?? single ?? bare?.trimEnd();
    if (item !== undefined) items.push(item);
    if (!rest.startsWith(',')) return isList ? items : (item ?? '');
    if (item === undefined) return undefined;
    left = rest.slice(1).trimStart();
  }
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
