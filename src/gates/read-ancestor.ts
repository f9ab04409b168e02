/** Reading what the bundles of a lineage state of themselves. What is no such document states nothing. */
import { type JsonValue, parseJson } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { JudgedAncestor } from '../ports/gate.ts';

/** Returns the JSON of a git-stored file; undefined where there is none, or it is not JSON. */
export async function readAncestorJson(entry: JudgedAncestor, path: string): Promise<JsonValue | undefined> {
  const bytes = await entry.read(path);
  if (bytes === undefined) return undefined;
  try {
    return parseJson(bytes, path);
  } catch (error) {
    // Only the registry's own documents have to be JSON.
    if (error instanceof RegistryError && error.code === 'bad-json') return undefined;
    throw error;
  }
}

/** Returns the text of a git-stored file; undefined where there is none, or it is not UTF-8. */
export async function readAncestorText(entry: JudgedAncestor, path: string): Promise<string | undefined> {
  const bytes = await entry.read(path);
  return bytes === undefined ? undefined : decodeUtf8(bytes);
}

/** Returns how a verdict names an entry. */
export function shortName({ sha256 }: JudgedAncestor): string {
  return sha256.slice(0, 12);
}
