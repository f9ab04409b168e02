/** Records of a fixed number of NUL-terminated fields, as git prints them for a format. */

const NUL = 0;

/** Yields each record as its fields. A record that is cut short is dropped: how the process ended tells why. */
export async function* readRecords(stream: AsyncIterable<Buffer>, fields: number): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  let record: Buffer[] = [];
  for await (const chunk of stream) {
    // Only a field that spans chunks is copied; what has been searched in vain is short but for large messages.
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(NUL); end >= 0; end = rest.indexOf(NUL, start)) {
      record.push(rest.subarray(start, end));
      start = end + 1;
      if (record.length < fields) continue;
      yield record;
      record = [];
    }
    rest = rest.subarray(start);
  }
}
