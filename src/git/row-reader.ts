/** Rows of a fixed number of NUL-terminated fields, as git prints them for a format. */

const NUL = 0;

/** Yields each row as its fields. A row that is cut short is dropped: how the process ended tells why. */
export async function* readRows(stream: AsyncIterable<Buffer>, fields: number): AsyncGenerator<readonly Buffer[]> {
  let row: Buffer[] = [];
  /** The beginning of a field whose end has not come yet. */
  let pieces: Buffer[] = [];
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NUL); end >= 0; end = chunk.indexOf(NUL, start)) {
      const piece = chunk.subarray(start, end);
      row.push(pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]));
      pieces = [];
      start = end + 1;
      if (row.length < fields) continue;
      yield row;
      row = [];
    }
    pieces.push(chunk.subarray(start));
  }
}
