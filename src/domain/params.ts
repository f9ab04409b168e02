/** Hyperparameters as flat text pairs. */
import { encodeJson, type JsonValue } from './canonical-json.ts';

/** Returns each leaf under its dotted name: strings as they are, all else as JSON. */
export function flattenParams(value: JsonValue, prefix = ''): Readonly<Record<string, string>> {
  if (!(value instanceof Map))
    return prefix === '' ? {} : { [prefix]: typeof value === 'string' ? value : encodeJson(value) };
  const flat: Record<string, string> = {};
  for (const [key, member] of value as ReadonlyMap<string, JsonValue>) {
    Object.assign(flat, flattenParams(member, prefix === '' ? key : `${prefix}.${key}`));
  }
  return flat;
}
