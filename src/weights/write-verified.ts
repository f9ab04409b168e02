/** One file written out of the registry; its bytes are read and proven to be the registered ones, however they got there. */
import { createHash } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { RegistryError } from '../domain/errors.ts';
import type { CheckoutFile } from '../ports/checkout.ts';
import { sha256File, writeAll } from './digest-file.ts';
import { assertSpace } from './disk-space.ts';
import { syncFile, writeNewFile } from './durable-file.ts';
import { pathFault } from './file-fault.ts';
import { type LinkType, tryLink } from './link-file.ts';
import type { ReadOptions } from './read-chunks.ts';

/** How to write files. */
export interface WriteOptions extends ReadOptions {
  /** Ways to get the bytes out of the cache, in the order of preference; copying is always possible. */
  readonly linkTypes: readonly LinkType[];
  /** Mode of files that are not links: what the umask leaves of 0666. */
  readonly mode: number;
}

/**
 * Writes `file` to the new path `target`. Throws `corrupt-weights` with data `{path, sha256}` for bytes that are not the
 * registered ones, `no-space`, `permission`, `io`.
 */
export async function writeVerified(file: CheckoutFile, target: string, options: WriteOptions): Promise<void> {
  const sha256 = await write(file, target, { ...options, label: `writing ${file.path}` });
  if (sha256 === file.sha256) return;
  const problem = `${JSON.stringify(file.path)}: expected SHA-256 ${file.sha256}, got ${sha256}`;
  throw new RegistryError('corrupt-weights', problem, { data: { path: file.path, sha256: file.sha256 } });
}

/** Writes the bytes and returns the SHA-256 of what was written. */
async function write(file: CheckoutFile, target: string, options: WriteOptions): Promise<string> {
  const { content } = file;
  // DVC makes empty files instead of linking them: links to them would share the one empty object.
  if (content.kind === 'bytes' || file.bytes === 0) {
    return writeBytes(content.kind === 'bytes' ? content.body : new Uint8Array(), target);
  }
  const type = linkFirst(options.linkTypes, content.path, target);
  if (type === 'copy') {
    await assertSpace(dirname(target), file.bytes);
    return writeNewFile(
      target,
      0o666,
      async (copyTo) => (await sha256File(content.path, { ...options, copyTo, ofCache: true })).sha256,
    );
  }
  if (type === 'reflink') chmodSync(target, options.mode);
  const { sha256 } = await sha256File(target, { ...options, followLinks: type === 'symlink', ofCache: true });
  if (type === 'reflink') await syncFile(target);
  return sha256;
}

/** Links `target` to `source` in the first way that works and returns it; `copy` when there is none: then nothing was made. */
function linkFirst(types: readonly LinkType[], source: string, target: string): LinkType {
  for (const type of types) {
    if (type === 'copy') return type;
    const outcome = tryLink(type, source, target);
    if (outcome === 'linked') return type;
    // Two paths that the file system takes for one, such as `A` and `a`.
    if (outcome === 'taken') {
      throw pathFault('io', target, 'another file of the entry has this name on this file system');
    }
  }
  return 'copy';
}

async function writeBytes(body: Uint8Array, target: string): Promise<string> {
  await writeNewFile(target, 0o666, (file) => writeAll(file, body));
  return createHash('sha256').update(body).digest('hex');
}
