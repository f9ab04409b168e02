/** Takes objects out of a cache folder, but from DVC nothing that may be DVC's. */
import { rmSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { isMd5, type Md5, type Sha256 } from '../domain/digest.ts';
import { type CacheFolder, contentPath } from './content-path.ts';
import { syncFolder } from './durable-file.ts';
import { toFileFault } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { digestsIn } from './list-objects.ts';

/** An object to remove; without its MD5 the other name is looked for. */
export interface RemovedObject {
  readonly sha256: Sha256;
  readonly md5?: Md5;
}

/** Removes objects of one cache folder. What it looked up it keeps: use one for a whole collection. */
export class ObjectRemover {
  readonly #cache: CacheFolder;
  #md5ByInode: ReadonlyMap<number, Md5> | undefined;

  constructor(cache: CacheFolder) {
    this.#cache = cache;
  }

  /**
   * Removes the registry's own name; DVC's too where it is the same inode and the cache is the registry's own. Nothing
   * happens where there is no such object. Throws `permission`, `io`.
   */
  remove(object: RemovedObject): void {
    const path = contentPath(this.#cache.folder, 'sha256', object.sha256);
    const stats = findNode(path);
    if (stats === undefined) return;
    // Our name last: as long as it is there, a removal that was cut short is found again.
    if (this.#cache.owner === 'registry') this.#removeTwin(stats, object.md5);
    removeName(path);
  }

  #removeTwin(stats: Stats, known: Md5 | undefined): void {
    const md5 = known ?? (stats.nlink > 1 ? this.#twins().get(stats.ino) : undefined);
    if (md5 === undefined) return;
    const path = contentPath(this.#cache.folder, 'md5', md5);
    const twin = findNode(path);
    if (twin?.ino === stats.ino && twin.dev === stats.dev) removeName(path);
  }

  #twins(): ReadonlyMap<number, Md5> {
    this.#md5ByInode ??= new Map(this.#readTwins());
    return this.#md5ByInode;
  }

  *#readTwins(): Generator<[number, Md5]> {
    for (const md5 of digestsIn(this.#cache, 'md5')) {
      if (!isMd5(md5)) continue;
      const stats = findNode(contentPath(this.#cache.folder, 'md5', md5));
      if (stats?.isFile()) yield [stats.ino, md5];
    }
  }
}

function removeName(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw toFileFault(error, path);
  }
  syncFolder(dirname(path));
}
