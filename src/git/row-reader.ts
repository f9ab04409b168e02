/** Rows of a fixed number of NUL-terminated fields, as git prints them for a format. */
import { RegistryError } from '../domain/errors.ts';

const NUL = 0;

/**
 * Yields each row as its fields. A row that is cut short is dropped: how the process ended tells why. Throws
 * `corrupt-event` at a row of more than `maxBytes`, before it is all in memory.
 */
export async function* readRows(
  stream: AsyncIterable<Buffer>,
  fields: number,
  maxBytes: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Buffer[]> {
  let row: Buffer[] = [];
  /** The beginning of a field whose end has not come yet. */
  let pieces: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NUL); end >= 0; end = chunk.indexOf(NUL, start)) {
      const piece = chunk.subarray(start, end);
      row.push(pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]));
      pieces = [];
      bytes += piece.length;
      start = end + 1;
      if (row.length < fields) continue;
      yield row;
      row = [];
      bytes = 0;
    }
    pieces.push(chunk.subarray(start));
    bytes += chunk.length - start;
    if (bytes > maxBytes)
      throw new RegistryError('corrupt-event', `event commit: expected at most ${maxBytes} bytes, got more`, {
        data: { maxBytes },
      });
  }
}
