/** What one kind of remote has to do: keep files under `/`-separated keys. What the keys mean is decided above. */
import type { TransferOptions } from '../../ports/weights-remote.ts';

/** A file that a key names, whose bytes somebody has proven. */
export interface OutgoingFile {
  readonly path: string;
  readonly bytes: number;
  readonly md5: string;
}

/** What to read. */
export interface Span {
  readonly offset: number;
  /** The whole size, where `find` told it. */
  readonly bytes: number | undefined;
  /** Parts at a time, where there are parts. */
  readonly parts: number | undefined;
}

/** Keeps files under keys such as `files/md5/ab/cdef`. Faults are those of the port `weights-remote.ts`. */
export interface RemoteTransport {
  /** Tells what is under a key, and its size where that can be known; undefined where there is nothing. */
  find(key: string): Promise<{ readonly bytes: number | undefined } | undefined>;
  /** Streams what is under a key from a byte on. */
  read(key: string, span: Span): AsyncIterable<Uint8Array>;
  /** Puts a file under a key, whole or not at all, in place of what is there. */
  write(key: string, file: OutgoingFile, options: TransferOptions): Promise<void>;
  /** Gives what is under a key, the same file, a second one without sending it again, where that is possible here. */
  alias?(from: string, to: string, file: OutgoingFile, options: TransferOptions): Promise<void>;
  close?(): Promise<void>;
}
