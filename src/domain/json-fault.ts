/** What the strict JSON reader refuses (format §2.2), and where. */
import { RegistryError } from './errors.ts';

/** Why a JSON file was refused. */
export type JsonFault =
  | 'not-utf-8'
  | 'byte-order-mark'
  | 'non-finite'
  | 'duplicate-key'
  | 'lone-surrogate'
  | 'too-deep'
  | 'integer-too-long'
  | 'too-large'
  | 'not-json';

/** A place for people: both count from 1, columns in code points. */
export interface JsonPlace {
  readonly line: number;
  readonly column: number;
}

/** Returns the place of a UTF-16 offset. */
export function placeOf(text: string, offset: number): JsonPlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}

/** Returns the fault `bad-json`, data `{fault, file, line, column}`. `problem` reads *expected X, got Y*. */
export function jsonError(fault: JsonFault, file: string, place: JsonPlace, problem: string): RegistryError {
  return new RegistryError('bad-json', `${file}:${place.line}:${place.column}: ${problem}`, {
    data: { fault, file, ...place },
  });
}
