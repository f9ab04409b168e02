/** The files that a user asks to register, found on disk (format §3.1). */

/** A regular file of a bundle. */
export interface SourceFile {
  /** Its path in the bundle: relative, `/`-separated. Not yet checked against format §3.1. */
  readonly path: string;
  /** Absolute path of its bytes (behind the link where links are followed). */
  readonly source: string;
  readonly bytes: number;
}

/** A file or folder that registration leaves out by rule; named to the user. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** What to collect. */
export interface CollectRequest {
  /** Folders (their content becomes the bundle) and single files (by base name). */
  readonly paths: readonly string[];
  readonly followLinks: boolean;
  /** Globs, gitignore syntax, relative to the bundle's root. */
  readonly exclude: readonly string[];
}

/** What was found. */
export interface Collected {
  readonly files: readonly SourceFile[];
  readonly skipped: readonly SkippedFile[];
}

/** Finds and reads bundle files. */
export interface BundleSource {
  /**
   * Walks the paths. Skips and names `.git`, `.gitattributes`, `.gitignore`, `.cache`, `__pycache__`, `.DS_Store`,
   * `.registryignore`, what that file and `exclude` say, and a `.dvc` beside its file. Throws `not-a-file` for FIFOs,
   * sockets, devices, and for links unless `followLinks` leads to a regular file; `too-big` above 10,000 files.
   */
  collect(request: CollectRequest): Promise<Collected>;
  /** Reads a whole file. Throws `changed-while-reading`, `too-big` above `maxBytes`, `io`. */
  read(file: SourceFile, maxBytes: number): Promise<Uint8Array>;
  /** Reads the first `length` bytes (fewer at the end of the file). */
  readHead(source: string, length: number): Promise<Uint8Array>;
}
