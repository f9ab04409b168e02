/**
 * Members of documents that people's own programs wrote. A wrong form is a value, not a fault: it matters only to those
 * who need that member, and a report that means something else by the name can still be listed.
 */
import { isJsonArray, isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from './canonical-json.ts';

/** A member of another form than the registry reads. */
export interface Wrong {
  readonly kind: 'wrong';
  /** JSON pointer (RFC 6901) into the document. */
  readonly pointer: string;
  /** *expected X, got Y*. */
  readonly problem: string;
}

/** A member as it was found. */
export type Reported<T> = { readonly kind: 'absent' } | { readonly kind: 'given'; readonly value: T } | Wrong;

/** Reads a value that stands at a pointer. */
export type ValueReader<T> = (value: JsonValue, pointer: string) => T | Wrong;

/** The one answer for what is not there. */
export const ABSENT: { readonly kind: 'absent' } = { kind: 'absent' };

/** Reads a member of a document's root. */
export function readMember<T>(root: JsonObject, name: string, read: ValueReader<T>): Reported<T> {
  const value = root.get(name);
  return value === undefined ? ABSENT : reported(read(value, pointerTo('', name)));
}

/** Wraps what a reader returned. */
export function reported<T>(value: T | Wrong): Reported<T> {
  return isWrong(value) ? value : { kind: 'given', value };
}

/** Returns the value of a member that is given in its form, else undefined. */
export function givenValue<T>(member: Reported<T>): T | undefined {
  return member.kind === 'given' ? member.value : undefined;
}

/** Returns `wrong` with *expected X, got Y*. */
export function wrong(pointer: string, expected: string, got: JsonValue | undefined): Wrong {
  return { kind: 'wrong', pointer, problem: `expected ${expected}, got ${describe(got)}` };
}

/** Tells a wrong form from what a reader returns. */
export function isWrong(value: unknown): value is Wrong {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'wrong';
}

/** Returns a pointer one step longer. */
export function pointerTo(pointer: string, step: string | number): string {
  return `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Reads an array, item by item; the first wrong one is told. */
export function readItems<T>(read: ValueReader<T>, expected: string): ValueReader<readonly T[]> {
  return (value, pointer) => {
    if (!isJsonArray(value)) return wrong(pointer, expected, value);
    const items: T[] = [];
    for (const [index, item] of value.entries()) {
      const result = read(item, pointerTo(pointer, index));
      if (isWrong(result)) return result;
      items.push(result);
    }
    return items;
  };
}

/** Reads an object, member by member; the first wrong one is told. */
export function readMembers<T>(read: ValueReader<T>, expected: string): ValueReader<ReadonlyMap<string, T>> {
  return (value, pointer) => {
    if (!isJsonObject(value)) return wrong(pointer, expected, value);
    const members = new Map<string, T>();
    for (const [name, member] of value) {
      const result = read(member, pointerTo(pointer, name));
      if (isWrong(result)) return result;
      members.set(name, result);
    }
    return members;
  };
}

/** Reads a number as it is spelled; integers that no double is near are refused. */
export function readDecimal(value: JsonValue, pointer: string): string | Wrong {
  return isJsonNumber(value) && Number.isFinite(Number(value.text)) ? value.text : wrong(pointer, 'a number', value);
}

/** Reads a number as the nearest double; integers that no double is near are refused. */
export function readDouble(value: JsonValue, pointer: string): number | Wrong {
  const text = readDecimal(value, pointer);
  return isWrong(text) ? text : Number(text);
}

/** Reads a text. */
export function readText(value: JsonValue, pointer: string): string | Wrong {
  return typeof value === 'string' ? value : wrong(pointer, 'a text', value);
}

function describe(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (typeof value === 'boolean') return String(value);
  if (isJsonArray(value)) return 'an array';
  return isJsonNumber(value) ? value.text.slice(0, 80) : 'an object';
}
