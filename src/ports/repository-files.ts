/** What an operation may know and do about the repository besides objects and refs. */
import type { ObjectId } from '../domain/digest.ts';

/** Objects that DVC's pointers name: MD5s, those of folders with `.dir` behind them. */
export interface PointedDigests {
  readonly workTree: ReadonlySet<string>;
  /** In any commit of a branch or tag. */
  readonly history: ReadonlySet<string>;
}

/** Where a branch is. */
export interface BranchTip {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
}

/** The repository that the registry lives in. */
export interface RepositoryFiles {
  /** Absolute path of the work tree's top level; undefined in a bare repository. */
  readonly workTree: string | undefined;
  readonly commonDir: string;
  readonly isBare: boolean;
  readonly isShallow: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Returns HEAD's commit, branch (undefined when detached) and whether tracked files differ from it; undefined without a commit. */
  head(): Promise<
    { readonly commit: string; readonly branch: string | undefined; readonly dirty: boolean } | undefined
  >;
  /** Sets a value in the repository's own git configuration. */
  setConfig(key: string, value: string): Promise<void>;
  /** Keeps registry refs out of `git log` decorations (`log.excludeDecoration`). */
  hideDecorations(): Promise<void>;
  /** Reads a text file of the work tree by its path from the top level; undefined where there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Creates a text file of the work tree; never overwrites. Tells whether it was created. */
  createText(path: string, text: string): Promise<boolean>;
  /** Writes a text file of the work tree, whole or not at all; replaces what is there. */
  writeText(path: string, text: string): Promise<void>;
  /** Reads every `.dvc` file and dvc.lock: what `dvc gc` spares, with `--workspace` or with `--all-commits`. */
  pointedDigests(): Promise<PointedDigests>;
  /** Returns where a branch is; undefined where there is none. Throws `usage` for what is no branch name. */
  branch(name: string): Promise<BranchTip | undefined>;
  /** Moves a branch, or creates it. Throws `contended` where it is no longer at `old`. */
  moveBranch(name: string, move: { readonly old: ObjectId | undefined; readonly next: ObjectId }): Promise<void>;
  /** Runs the upkeep that is due: pack-refs and commit-graph after so many registers or, with `remotes`, verified refs. */
  maintain(options?: { readonly remotes: boolean }): Promise<void>;
  /** Removes stale locks and temporary files that killed processes left (reliability rules); returns what it removed. */
  sweepLeftovers(): Promise<readonly string[]>;
}
