/** Collects the files of a bundle, in an order that depends on nothing but their names (format §3.1). */
import { basename, dirname, join } from 'node:path';
import { RegistryError } from '../domain/errors.ts';
import type { SkippedFile, SourceFile } from '../ports/bundle-source.ts';
import type { ExcludeRules } from './exclude-rules.ts';
import { pathFault } from './file-fault.ts';
import { type FoundSource, findNode, findSource, readNames } from './find-source.ts';
import { kindOf } from './open-file.ts';

/** Most files of a bundle (format §3.1). */
const FILE_LIMIT = 10_000;

/**
 * Collects from any number of folders and files. Its methods throw `not-a-file`, `bad-path` for names that are not UTF-8,
 * `too-big`, `permission`, `io`.
 */
export class BundleWalk {
  readonly files: SourceFile[] = [];
  readonly skipped: SkippedFile[] = [];
  /** `.dvc` files whose data is not beside them; empty unless asked for. */
  readonly pointers: { readonly path: string; readonly source: string }[] = [];
  readonly #tracksDvc: boolean;
  readonly #followLinks: boolean;
  readonly #seen: Set<string> = new Set();

  constructor(options: { readonly followLinks: boolean; readonly tracksDvc: boolean }) {
    this.#followLinks = options.followLinks;
    this.#tracksDvc = options.tracksDvc;
  }

  /** Adds what is in a folder, at the bundle's root or below `prefix`, which ends in `/`. */
  addFolder(folder: string, rules: ExcludeRules, prefix = ''): void {
    const names = readNames(folder);
    const siblings = new Set(names);
    for (const name of names) {
      const path = `${prefix}${name}`;
      const source = join(folder, name);
      const isFolder = findNode(source)?.isDirectory() ?? false;
      const reason = rules.findReason({ path, isFolder, hasSibling: (other) => siblings.has(other) });
      if (reason !== undefined) this.skipped.push({ path, reason });
      else if (isFolder) this.addFolder(source, rules, `${path}/`);
      else this.#add(path, findSource(source, { followLinks: this.#followLinks }));
    }
  }

  /** Adds a file that the user named, by its base name. */
  addFile(named: string, found: FoundSource, rules: ExcludeRules): void {
    const path = basename(named);
    const hasSibling = (name: string): boolean => findNode(join(dirname(named), name)) !== undefined;
    const reason = rules.findReason({ path, isFolder: false, hasSibling });
    if (reason === undefined) this.#add(path, found);
    else this.skipped.push({ path, reason });
  }

  #add(path: string, { source, stats }: FoundSource): void {
    // Links to folders are refused like all that is no file: so no link can lead a walk in a circle.
    if (!stats.isFile()) throw pathFault('not-a-file', source, `expected a regular file, got ${kindOf(stats)}`);
    if (this.#tracksDvc && /[^/]\.dvc$/.test(path)) {
      this.pointers.push({ path, source });
      return;
    }
    // The user may name a folder and a file in it.
    const identity = `${path}\0${source}`;
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    if (this.files.length === FILE_LIMIT) {
      const problem = `expected at most ${FILE_LIMIT} files, got more at ${JSON.stringify(path)}`;
      throw new RegistryError('too-big', `bundle: ${problem}`, { data: { limit: FILE_LIMIT } });
    }
    this.files.push({ path, source, bytes: stats.size });
  }
}
