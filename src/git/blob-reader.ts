/** Beginnings of blobs, of which only what is asked for is held in memory: a staged file can be larger than that. */
import { ByteReader } from './byte-reader.ts';
import { readHeader } from './cat-file-answer.ts';
import { feed, type GitRunner } from './git-runner.ts';
import { type BlobHead, findLooseBlob } from './loose-blob.ts';
import type { Repository } from './repository.ts';

const ARGS = ['cat-file', '--batch', '--buffer'];

/** A rest of at most so many bytes is read past; for a longer one the process is ended, and another asked for what follows. */
const WORTH_READING = 1_048_576;
/** Blobs whose beginnings are in memory at a time. */
const AT_ONCE = 2048;

/** Reads blobs of one repository. */
export class BlobReader {
  readonly #git: GitRunner;
  readonly #objectDir: string;

  constructor(repository: Repository, git: GitRunner) {
    this.#git = git;
    this.#objectDir = repository.objectDir;
  }

  /** Yields the first `length` bytes of each blob, in order; undefined for what is missing. */
  async *heads(ids: readonly string[], length: number): AsyncGenerator<BlobHead | undefined> {
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const some = ids.slice(start, start + AT_ONCE);
      // A long beginning is asked of a single blob, which may be as large as memory: git streams it.
      const loose = some.map((id) => (length > WORTH_READING ? undefined : findLooseBlob(this.#objectDir, id, length)));
      const rest = this.#storedHeads(
        some.filter((_id, index) => loose[index] === undefined),
        length,
      );
      for (const head of loose) yield head ?? (await rest.next()).value ?? undefined;
    }
  }

  /** Returns the first `length` bytes, or all there are. */
  async head(id: string, length: number): Promise<BlobHead | undefined> {
    for await (const head of this.heads([id], length)) return head;
    return undefined;
  }

  /** Yields the bytes as they come; whoever stops early ends the process. */
  async *stream(id: string): AsyncGenerator<Uint8Array> {
    const args = ['cat-file', 'blob', id];
    const { process, ended } = this.#git.start(args);
    process.stdin.end();
    try {
      yield* process.stdout as AsyncIterable<Uint8Array>;
      const end = await ended;
      if (end.exitCode !== 0) throw await this.#git.fault(args, end, 'corrupt-object');
    } finally {
      process.kill();
    }
  }

  async *#storedHeads(ids: readonly string[], length: number): AsyncGenerator<BlobHead | undefined, undefined> {
    for (let done = 0; done < ids.length; ) {
      for await (const head of this.#headsUntilLong(ids.slice(done), length)) {
        done += 1;
        yield head;
      }
    }
  }

  /** Yields at least one answer, and stops after the first blob whose rest is not worth reading. */
  async *#headsUntilLong(ids: readonly string[], length: number): AsyncGenerator<BlobHead | undefined> {
    const { process, ended } = this.#git.start(ARGS);
    const feeding = feed(process, `${ids.join('\n')}\n`);
    feeding.catch(() => undefined);
    const reader = new ByteReader(process.stdout);
    try {
      for (let answered = 0; answered < ids.length; answered += 1) {
        const answer = await readHeader(reader);
        const bytes = answer.kind === 'answer' ? answer.object?.bytes : undefined;
        const head = bytes === undefined ? undefined : await reader.readBytes(Math.min(bytes, length));
        if (answer.kind === 'end' || (bytes !== undefined && head === undefined))
          throw await this.#git.fault(ARGS, await ended, 'corrupt-object');
        yield bytes === undefined || head === undefined ? undefined : { bytes, head };
        const rest = (bytes ?? 0) - (head?.length ?? 0);
        if (rest > WORTH_READING) return;
        if (bytes !== undefined) await reader.readBytes(rest + 1);
      }
    } finally {
      process.kill();
    }
  }
}
