/** A place outside the clone that keeps weights for all who share it (format §8.3). */
import type { Md5 } from '../domain/digest.ts';
import type { FileDigests } from './weights-cache.ts';

/** What a remote has of an object, by names and sizes: nobody's word for the bytes, which are proven when they are read. */
export type RemoteState =
  | { readonly kind: 'present' }
  | { readonly kind: 'absent' }
  /** Something of another size is under the name: a transfer that was cut short, which DVC would never notice. */
  | { readonly kind: 'wrong'; readonly bytes: number };

/** What goes on beside a transfer. */
export interface TransferOptions {
  /** Hears of bytes that arrived; of a negative number where some must be sent again. */
  readonly moved?: (bytes: number) => void;
  /** Parts of this object at a time, where the remote has parts. */
  readonly parts?: number;
}

/** What kind of object of DVC an MD5 names. */
export interface TrackedObject {
  /** DVC 2 wrote it, under a name of its own. */
  readonly isLegacy: boolean;
  /** It lists the files of a folder. */
  readonly isFolder: boolean;
}

/**
 * Stores weights by content. Methods throw `weights-remote-unreachable` (try again), `weights-remote-refused` (credentials,
 * permission, no such bucket), `io`, `no-space`, and the signal's reason once the user interrupts.
 */
export interface WeightsRemote {
  /** What people call it: its name in the configuration, else its location. */
  readonly name: string;
  /** Its URL or folder, without credentials. */
  readonly location: string;
  /** Transfers at a time that its configuration asks for. */
  readonly jobs: number | undefined;
  /** Tells what is there under the names that a writer gives (format §8.3). */
  inspect(object: FileDigests): Promise<RemoteState>;
  /** Streams an object from a byte on, under whichever name it has; undefined where it has none. The reader verifies. */
  read(object: FileDigests, offset: number, options?: TransferOptions): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** As {@link read}, where only the MD5 is known, as in a pointer that DVC wrote. */
  readMd5(md5: Md5, options: TrackedObject): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Stores the file at `path`, whose bytes are proven, under the names of the layout: whole or not at all. */
  write(object: FileDigests, path: string, options: TransferOptions): Promise<void>;
  /** Ends connections. */
  close(): Promise<void>;
}
