/** Files as `check` judges them: what the index would commit, or what the work tree holds. Links and submodules are left out. */

/** A file, with its size in bytes. Paths are from the top level, `/`-separated. */
export interface SnapshotFile {
  readonly path: string;
  readonly bytes: number;
  /** It differs from HEAD, or is not in it. */
  readonly changed: boolean;
}

/** A file with its beginning; the whole of one that is shorter. */
export interface OpenedFile extends SnapshotFile {
  readonly head: Uint8Array;
}

/** One state of the files of a repository. */
export interface Snapshot {
  /**
   * Yields the files to judge with their first `length` bytes: those of the index that differ from HEAD, or all of the work
   * tree that git would take.
   */
  open(length: number): AsyncIterable<OpenedFile>;
  /** Returns the paths that the snapshot holds, judged or not, whose base name is one of `names` or ends in one of `endings`. */
  find(names: readonly string[], endings?: readonly string[]): Promise<readonly string[]>;
  /** Reads a file whole; undefined where there is none, or it is longer than `limit` bytes. */
  read(path: string, limit: number): Promise<Uint8Array | undefined>;
  /** Returns the first bytes of a file; undefined where there is none. */
  readHead(path: string, length: number): Promise<Uint8Array | undefined>;
  /** Returns the MD5 of a file in hex; undefined where there is none. */
  md5(path: string): Promise<string | undefined>;
  /** Returns those of `paths` that `.gitattributes` gives an attribute. */
  withAttribute(attribute: string, paths: readonly string[]): Promise<ReadonlySet<string>>;
}
