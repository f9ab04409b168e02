/** Writing to stdout and stderr so that a reader who leaves is no error and a full disk is one. */
import type { Writable } from 'node:stream';
import { type ErrorCode, RegistryError } from '../domain/errors.ts';

/** A stream of the process. */
export interface Output {
  /** Resolves when the stream has taken it. After the reader has left (`EPIPE`) it does nothing. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** True after the reader has left: no more work needs to be done for it. */
  readonly closed: boolean;
  readonly isTerminal: boolean;
  /** Columns of the terminal; undefined where it is none. */
  readonly columns: number | undefined;
}

/** What is used of a process stream. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EACCES: 'permission',
  EPERM: 'permission',
};

/** Wraps a stream of the process; `name` is for messages. */
export function openOutput(stream: OutputStream, name: string): Output {
  let closed = false;
  // Without a listener the failure of a write ends the process with a stack; the callback of `write` reports it as well.
  stream.on('error', () => undefined);
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (closed || chunk.length === 0) return resolve();
        stream.write(chunk, (error) => {
          const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
          if (error === null || error === undefined) return resolve();
          if (code !== 'EPIPE')
            return reject(new RegistryError(CODES[code ?? ''] ?? 'io', `${name}: ${error.message}`, { cause: error }));
          closed = true;
          resolve();
        });
      }),
    get closed() {
      return closed;
    },
    isTerminal: stream.isTTY === true,
    columns: stream.isTTY === true ? stream.columns : undefined,
  };
}

/** Writes text in pieces that do not double the memory of a long listing. */
export async function writeLines(
  output: Output,
  lines: readonly string[],
  finish: (text: string) => string,
): Promise<void> {
  const step = 1000;
  for (let index = 0; index < lines.length && !output.closed; index += step) {
    await output.write(`${finish(lines.slice(index, index + step).join('\n'))}\n`);
  }
}
