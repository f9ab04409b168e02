/** The header of a safetensors file that a DVC pointer names, where the cache has its bytes. */

import { isMd5 } from '../domain/digest.ts';
import { pointerDigests } from '../domain/dvc-digests.ts';
import { type Finding, finding } from '../domain/finding.ts';
import { decodeUtf8Loosely } from '../domain/utf8.ts';
import { FORMAT_HEAD_BYTES } from '../domain/weights-format.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { findBrokenHeader } from './check-raw-weights.ts';
import type { Workspace } from './workspace.ts';

/** Largest pointer that is read, in bytes. */
const POINTER_LIMIT = 65_536;

/** Checks what a pointer points to. A pointer that gives no digest is a finding; bytes that are not here are none. */
export async function checkPointedHeader(
  workspace: Workspace,
  snapshot: Snapshot,
  path: string,
): Promise<readonly Finding[]> {
  const body = await snapshot.read(path, POINTER_LIMIT);
  const text = body === undefined ? '' : decodeUtf8Loosely(body);
  const [md5] = pointerDigests(text);
  if (md5 === undefined) return [finding('bundle-broken', path, 'expected a DVC pointer with the md5 of one file')];
  const size = /^[ \t-]*size: *(\d+)[ \t]*\r?$/m.exec(text)?.[1];
  if (!isMd5(md5) || size === undefined) return [];
  const bytes = Number(size);
  const cached = await (await workspace.weights()).findByMd5(md5, bytes);
  if (cached === undefined) return [];
  const source = await workspace.source();
  const head = await source.readHead(cached, FORMAT_HEAD_BYTES);
  const message = await findBrokenHeader(head, bytes, (length) => source.readHead(cached, length));
  return message === undefined ? [] : [finding('header-broken', path, message)];
}
