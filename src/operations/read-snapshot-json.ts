/** JSON files of a snapshot, read by the rules of format §2.2. */
import { type JsonValue, parseJson } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { baseNameOf } from './check-paths.ts';

/** Largest JSON file, in bytes (format §2.2). */
export const JSON_LIMIT: number = 64 * 1024 * 1024;

/** The value of a JSON file, or why it is none. */
export type SnapshotJson =
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'fault'; readonly message: string };

/** Reads a JSON file. */
export async function readJson(snapshot: Snapshot, path: string): Promise<SnapshotJson> {
  const body = await snapshot.read(path, JSON_LIMIT);
  if (body === undefined) return { kind: 'fault', message: `expected a file of at most ${JSON_LIMIT} bytes` };
  try {
    return { kind: 'value', value: parseJson(body, baseNameOf(path)) };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { kind: 'fault', message: error.message };
  }
}
