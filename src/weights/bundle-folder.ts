/** Bundles as folders and files on disk. */
import { readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compareCodePoints } from '../domain/code-point-order.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { BundleSource, Collected, CollectRequest, SourceFile } from '../ports/bundle-source.ts';
import { ExcludeRules, type GlobSource } from './exclude-rules.ts';
import { pathFault } from './file-fault.ts';
import { findNode, findSource } from './find-source.ts';
import { changedWhileReading, type OpenFile, withOpenFile } from './open-file.ts';
import { BundleWalk } from './walk-bundle.ts';

/** The file of a bundle's root that has its exclude globs. */
const IGNORE_FILE = '.registryignore';
/** Largest ignore file: a million bytes of globs are a mistake. */
const IGNORE_FILE_LIMIT = 1024 * 1024;

/** Returns the files that the `.dvc` file at `pointer` tracks; `path` is its own in the bundle. */
export type FindTracked = (pointer: string, path: string) => Promise<readonly SourceFile[]>;

/** Finds bundles on disk; relative paths start at `cwd`. */
export class BundleFolder implements BundleSource {
  readonly #cwd: string;
  readonly #tracked: FindTracked | undefined;

  constructor(cwd: string, tracked?: FindTracked) {
    this.#cwd = cwd;
    this.#tracked = tracked;
  }

  async collect(request: CollectRequest): Promise<Collected> {
    const walk = new BundleWalk({ ...request, tracksDvc: this.#tracked !== undefined });
    const asked: GlobSource = { origin: '--exclude', globs: request.exclude };
    for (const path of request.paths) {
      const named = resolve(this.#cwd, path);
      const found = findSource(named, request);
      if (found.stats.isDirectory()) {
        const own = await this.#readIgnoreFile(found.source, request);
        walk.addFolder(found.source, new ExcludeRules([...own, asked]));
      } else {
        walk.addFile(named, found, new ExcludeRules([asked]));
      }
    }
    await this.#addTracked(walk);
    return { files: walk.files.sort(byPath), skipped: walk.skipped.sort(byPath) };
  }

  read(file: SourceFile, maxBytes: number): Promise<Uint8Array> {
    return withOpenFile(file.source, {}, (open) => {
      if (open.bytes !== file.bytes) {
        throw changedWhileReading(file.source, `expected ${file.bytes} bytes, got ${open.bytes}`);
      }
      if (open.bytes <= maxBytes) return readBytes(open, open.bytes);
      const data = { bytes: open.bytes, limit: maxBytes };
      throw pathFault('too-big', file.source, `expected at most ${maxBytes} bytes, got ${open.bytes}`, data);
    });
  }

  readHead(source: string, length: number): Promise<Uint8Array> {
    return withOpenFile(source, {}, (open) => readBytes(open, Math.min(length, open.bytes)));
  }

  /** In the place of a `.dvc` file comes what it tracks, from DVC's cache: the bytes need not be in the folder. */
  async #addTracked(walk: BundleWalk): Promise<void> {
    const known = new Set(walk.files.map(({ path }) => path));
    for (const { path, source } of walk.pointers) {
      const files = (await this.#tracked?.(source, path)) ?? [];
      walk.files.push(...files.filter((file) => !known.has(file.path)));
    }
  }

  async #readIgnoreFile(folder: string, options: { readonly followLinks: boolean }): Promise<readonly GlobSource[]> {
    const path = join(folder, IGNORE_FILE);
    if (findNode(path) === undefined) return [];
    const { source, stats } = findSource(path, options);
    const globs = decodeUtf8(await this.read({ path: IGNORE_FILE, source, bytes: stats.size }, IGNORE_FILE_LIMIT));
    if (globs === undefined) throw pathFault('bad-bundle', path, 'expected globs in UTF-8');
    return [{ origin: IGNORE_FILE, globs }];
  }
}

function byPath(left: { readonly path: string }, right: { readonly path: string }): number {
  return compareCodePoints(left.path, right.path);
}

function readBytes(file: OpenFile, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const read = readSync(file.fd, bytes, at, length - at, null);
    if (read === 0) throw changedWhileReading(file.path, `expected ${file.bytes} bytes, got ${at}`);
    at += read;
  }
  return bytes;
}
