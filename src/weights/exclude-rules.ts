/** What registration leaves out of a folder, and why (format §3.4: named to the user). */
import ignore, { type Ignore } from 'ignore';

/** Files and folders that are never part of a bundle: git's, caches, and what describes the bundle instead of belonging to it. */
const NEVER: ReadonlySet<string> = new Set([
  '.git',
  '.gitattributes',
  '.gitignore',
  '.cache',
  '__pycache__',
  '.DS_Store',
  '.registryignore',
]);

/** A place in a bundle. */
export interface BundlePlace {
  /** Relative to the bundle's root, `/`-separated. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Tells whether something of this name is beside it. */
  hasSibling(name: string): boolean;
}

/** Globs in gitignore syntax, and how messages name where they come from. */
export interface GlobSource {
  readonly origin: string;
  /** One glob a line. */
  readonly globs: string | readonly string[];
}

/** Decides by rules that were given once. */
export class ExcludeRules {
  readonly #globs: readonly { readonly origin: string; readonly matcher: Ignore }[];

  constructor(sources: readonly GlobSource[]) {
    this.#globs = sources.map(({ origin, globs }) => ({ origin, matcher: makeMatcher(globs) }));
  }

  /** Returns why a place is left out (with all that is in it), or undefined. Folders must be asked before what is in them. */
  findReason(place: BundlePlace): string | undefined {
    const name = place.path.slice(place.path.lastIndexOf('/') + 1);
    if (NEVER.has(name)) return 'never part of a bundle';
    const target = name.slice(0, -'.dvc'.length);
    if (name.endsWith('.dvc') && target !== '' && place.hasSibling(target)) return `DVC's pointer to ${target}`;
    const spelled = place.isFolder ? `${place.path}/` : place.path;
    const source = this.#globs.find(({ matcher }) => matcher.ignores(spelled));
    return source === undefined ? undefined : `excluded by ${source.origin}`;
  }
}

function makeMatcher(globs: string | readonly string[]): Ignore {
  // By default the package folds case, which git does on some systems only; and takes `...` for a path that leads out.
  return ignore({ ignorecase: false, allowRelativePaths: true }).add(globs);
}
