/** Values of `--metric`, `--param` and `--seed`: JSON that keeps its spelling, so that an identity does not hang on a parser. */
import { isJsonNumber, type JsonNumber, type JsonValue, parseJson } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import { encodeUtf8 } from '../domain/utf8.ts';
import type { Pair } from './command.ts';

/** Returns `--metric` pairs by key. Throws `usage` for a value that is no JSON number, and for a key that comes twice. */
export function readMetrics(pairs: readonly Pair[]): ReadonlyMap<string, JsonValue> {
  return readPairs('--metric', pairs, (option, text) => readNumber(option, text));
}

/**
 * Returns `--param` pairs by key: JSON where it is JSON, else the text itself. Throws `usage` for a key that comes twice,
 * `bad-json` for JSON that no identity can hold, e.g. a number that overflows.
 */
export function readParams(pairs: readonly Pair[]): ReadonlyMap<string, JsonValue> {
  return readPairs('--param', pairs, readJsonOrText);
}

/** Returns `--seed` with every digit. Throws `usage` for what is no integer. */
export function readSeed(text: string): JsonNumber {
  const seed = readNumber('--seed', text);
  if (/^-?\d+$/.test(seed.text)) return seed;
  throw expected('--seed', 'an integer', text);
}

function readPairs(
  option: string,
  pairs: readonly Pair[],
  read: (option: string, text: string) => JsonValue,
): ReadonlyMap<string, JsonValue> {
  const values = new Map<string, JsonValue>();
  for (const { key, value } of pairs) {
    const name = `${option} ${key}`;
    if (values.has(key)) throw new RegistryError('usage', `${name}: it is given twice`, { data: { option, key } });
    values.set(key, read(name, value));
  }
  return values;
}

function readNumber(option: string, text: string): JsonNumber {
  const value = tryParse(option, text);
  if (isJsonNumber(value)) return value;
  throw expected(option, 'a number', text);
}

function tryParse(option: string, text: string): JsonValue | undefined {
  try {
    return parseJson(encodeUtf8(text), option);
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-json') return undefined;
    throw error;
  }
}

function readJsonOrText(option: string, text: string): JsonValue {
  try {
    return parseJson(encodeUtf8(text), option);
  } catch (error) {
    if (!(error instanceof RegistryError && error.code === 'bad-json')) throw error;
    // `NaN` is refused inside JSON files; as a value of its own it is a word like any other.
    if (error.data['fault'] === 'not-json' || /^-?(?:NaN|Infinity)$/.test(text)) return text;
    throw error;
  }
}

function expected(option: string, what: string, text: string): RegistryError {
  return new RegistryError('usage', `${option}: expected ${what}, got ${JSON.stringify(text.slice(0, 80))}`, {
    data: { option, value: text },
  });
}
