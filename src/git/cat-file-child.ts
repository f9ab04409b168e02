/** One long-lived `git cat-file --batch-command`: started when first asked, answers in order, never keeps node alive. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObjectAddress, ObjectHeader, StoredObject } from '../ports/object-store.ts';
import { ByteReader } from './byte-reader.ts';
import { type Answer, readHeader, readObject } from './cat-file-answer.ts';
import type { GitChild, GitEnd, GitRunner } from './git-runner.ts';

const ARGS = ['cat-file', '--batch-command'];

/** The child that answers single questions. */
export class CatFileChild {
  readonly #git: GitRunner;
  #running: Running | undefined;

  constructor(git: GitRunner) {
    this.#git = git;
  }

  /** Returns an object, or undefined where there is none. Throws `corrupt-object`. */
  readObject(address: ObjectAddress): Promise<StoredObject | undefined> {
    return this.#ask('contents', address, readObject);
  }

  /** Returns type and size, or undefined where there is no such object. Throws `corrupt-object`. */
  readHeader(address: ObjectAddress): Promise<ObjectHeader | undefined> {
    return this.#ask('info', address, readHeader);
  }

  /** Ends the child. A later question starts another one. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.end();
  }

  async #ask<T>(
    command: string,
    address: ObjectAddress,
    read: (reader: ByteReader) => Promise<Answer<T>>,
  ): Promise<T | undefined> {
    this.#running ??= new Running(this.#git.start(ARGS));
    const running = this.#running;
    try {
      const answer = await running.ask(`${command} ${address}\n`, read);
      if (answer.kind === 'answer' && (answer.object !== undefined || !(await running.hasComplained())))
        return answer.object;
    } catch (cause) {
      this.#forget(running);
      running.kill();
      throw cause;
    }
    this.#forget(running);
    throw await this.#git.fault(ARGS, await running.end(), 'corrupt-object');
  }

  #forget(running: Running): void {
    if (this.#running === running) this.#running = undefined;
  }
}

/** A started child with the questions that wait for it. */
class Running {
  readonly #child: GitChild;
  readonly #reader: ByteReader;
  /** Settles when the last question so far has its answer. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(child: GitChild) {
    this.#child = child;
    this.#reader = new ByteReader(child.process.stdout);
  }

  async ask<T>(question: string, read: (reader: ByteReader) => Promise<Answer<T>>): Promise<Answer<T>> {
    if (this.#waiting++ === 0) keepAlive(this.#child.process, true);
    this.#child.process.stdin.write(question);
    // Once the stream is off its rails no later answer can be found in it: a failure fails all that follow.
    const answer = this.#last.then(() => read(this.#reader));
    this.#last = answer;
    try {
      return await answer;
    } finally {
      if (--this.#waiting === 0) keepAlive(this.#child.process, false);
    }
  }

  /**
   * Tells whether git has reported an error: it calls a damaged object missing. It says so before it answers, on another
   * pipe, which node has read when the events of this turn are done.
   */
  async hasComplained(): Promise<boolean> {
    await nextTurn();
    return reportsError(this.#child.stderr());
  }

  /** Lets the child end after its last answer. */
  async end(): Promise<GitEnd> {
    keepAlive(this.#child.process, true);
    this.#child.process.stdin.end();
    return this.#child.ended;
  }

  /** Ends the child in the middle of an answer. */
  kill(): void {
    this.#child.process.kill();
  }
}

/** Makes node wait for the child and its pipes, or not. */
function keepAlive(process: ChildProcessWithoutNullStreams, alive: boolean): void {
  const pipes = [process.stdin, process.stdout, process.stderr] as unknown as readonly Socket[];
  for (const handle of [process, ...pipes]) {
    if (alive) handle.ref();
    else handle.unref();
  }
}

/** Tells whether stderr holds an error; warnings and advice are none. */
export function reportsError(stderr: string): boolean {
  return /^(?:error|fatal): /m.test(stderr);
}
