/** Blobs by id, of which only what is asked for is held in memory: a staged file can be larger than that. */
import { ByteReader } from './byte-reader.ts';
import { readHeader, readObject } from './cat-file-answer.ts';
import { feed, type GitRunner } from './git-runner.ts';

/** Reads blobs of one repository. */
export class BlobReader {
  readonly #git: GitRunner;

  constructor(git: GitRunner) {
    this.#git = git;
  }

  /** Returns the sizes in bytes, by one process. What is missing is left out. */
  async sizes(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>();
    if (ids.length === 0) return sizes;
    const args = ['cat-file', '--batch-check', '--buffer'];
    const { process, ended } = this.#git.start(args);
    const feeding = feed(process, `${ids.join('\n')}\n`);
    const reader = new ByteReader(process.stdout);
    for (let answer = await readHeader(reader); answer.kind === 'answer'; answer = await readHeader(reader)) {
      if (answer.object !== undefined) sizes.set(answer.object.id, answer.object.bytes);
    }
    await feeding;
    const end = await ended;
    if (end.exitCode !== 0) throw await this.#git.fault(args, end, 'corrupt-object');
    return sizes;
  }

  /** Yields the bodies in order, by one process; undefined for what is missing. */
  async *bodies(ids: readonly string[]): AsyncGenerator<Uint8Array | undefined> {
    if (ids.length === 0) return;
    const { process } = this.#git.start(['cat-file', '--batch', '--buffer']);
    const feeding = feed(process, `${ids.join('\n')}\n`);
    const reader = new ByteReader(process.stdout);
    try {
      for (let answer = await readObject(reader); answer.kind === 'answer'; answer = await readObject(reader)) {
        yield answer.object?.body;
      }
      await feeding;
    } finally {
      process.kill();
    }
  }

  /** Returns the first `length` bytes, or all there are. */
  async head(id: string, length: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.stream(id)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= length) break;
    }
    return Buffer.concat(chunks).subarray(0, length);
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
}
