/** Finds the bytes of what DVC tracks: in its cache, else on a remote, from where they come into the cache (format §8.1). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Md5 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { SourceFile } from '../ports/bundle-source.ts';
import type { TrackedObject, WeightsRemote } from '../ports/weights-remote.ts';
import { contentPath, legacyKey } from './content-path.ts';
import { parseDirObject, parsePointer, type TrackedOutput } from './dvc-pointer.ts';
import { faultsAt } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { legacyMd5 } from './legacy-digest.ts';
import type { LocalCache } from './local-cache.ts';

/** Small objects are proven when they are found; larger ones when they are stored, so that they are read once. */
const PROVEN_AT_ONCE = 64 * 1024 * 1024;
/** A list of more files than a bundle may have. */
const LIST_LIMIT = 64 * 1024 * 1024;

/** Finds what pointers point to. */
export class TrackedFiles {
  readonly #cache: LocalCache;
  readonly #remotes: () => Promise<readonly WeightsRemote[]>;

  constructor(cache: LocalCache, remotes: () => Promise<readonly WeightsRemote[]>) {
    this.#cache = cache;
    this.#remotes = remotes;
  }

  /**
   * Returns the files that the `.dvc` file at `pointer` tracks; `path` is its own in the bundle. Throws `bad-bundle`,
   * `weights-missing`, `corrupt-weights`, `permission`, `io`, and faults of remotes.
   */
  async find(pointer: string, path: string): Promise<readonly SourceFile[]> {
    const text = await faultsAt(pointer, () => readFileSync(pointer, 'utf8'));
    const folder = dirname(path) === '.' ? '' : `${dirname(path)}/`;
    const files: SourceFile[] = [];
    for (const output of parsePointer(text, pointer)) {
      files.push(...(await this.#expand({ ...output, path: `${folder}${output.path}` })));
    }
    return files;
  }

  async #expand(output: TrackedOutput): Promise<readonly SourceFile[]> {
    if (!output.isFolder) return [await this.#source(output)];
    const files: SourceFile[] = [];
    for (const { relpath, md5 } of parseDirObject(await this.#readList(output), output.path)) {
      files.push(await this.#source({ ...output, path: `${output.path}/${relpath}`, md5, isFolder: false }));
    }
    return files;
  }

  /** Returns the list of a folder's files, proven. */
  async #readList(output: TrackedOutput): Promise<string> {
    const cached = this.#findCached(output.md5, output);
    const body = cached === undefined ? await readAll(await this.#open(output)) : readFileSync(cached);
    proveObject(body, output);
    return body.toString();
  }

  async #source(output: TrackedOutput): Promise<SourceFile> {
    const { path, md5 } = output;
    const source =
      this.#findCached(md5, output) ?? (await this.#cache.receiveTracked(await this.#open(output), output));
    const bytes = findNode(source)?.size ?? 0;
    if (bytes <= PROVEN_AT_ONCE) proveObject(readFileSync(source), output);
    return { path, source, bytes };
  }

  #findCached(md5: Md5, { isLegacy, isFolder }: TrackedObject): string | undefined {
    const suffix = isFolder ? '.dir' : '';
    const modern = `${contentPath(this.#cache.folder, 'md5', md5)}${suffix}`;
    const old = `${join(this.#cache.folder, ...legacyKey(md5).split('/'))}${suffix}`;
    return (isLegacy ? [old, modern] : [modern]).find((path) => findNode(path)?.isFile());
  }

  async #open(output: TrackedOutput): Promise<AsyncIterable<Uint8Array>> {
    const remotes = await this.#remotes();
    for (const remote of remotes) {
      const bytes = await remote.readMd5(output.md5, output);
      if (bytes !== undefined) return bytes;
    }
    const where = remotes.length === 0 ? 'in its cache, and no remote is configured' : 'in its cache or on a remote';
    throw new RegistryError('weights-missing', `${output.path}: DVC does not have its bytes ${where}`, {
      data: { path: output.path, md5: output.md5 },
      hint: 'dvc pull',
    });
  }
}

/** Throws `corrupt-weights` unless bytes have the digest that their pointer says. */
function proveObject(body: Uint8Array, { path, md5, isLegacy }: TrackedOutput): void {
  if (createHash('md5').update(body).digest('hex') === md5 || (isLegacy && legacyMd5(body) === md5)) return;
  throw new RegistryError('corrupt-weights', `${path}: DVC has other bytes under MD5 ${md5}`, {
    data: { path, md5 },
    hint: 'remove the object from the cache, then dvc fetch',
  });
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > LIST_LIMIT)
      throw new RegistryError('too-big', `list of a folder: expected at most ${LIST_LIMIT} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
