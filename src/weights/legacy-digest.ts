/** The digest of DVC 2, `md5-dos2unix`: MD5, for what looks like a text after every CRLF became LF. Read, never written. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** DVC decides by the beginning. */
const SAMPLE = 512;
/** Share of bytes that a text may have beyond printable ASCII and white space. */
const TOLERANCE = 0.3;

/** Texts that DVC tracks are smaller. */
const LIMIT = 64 * 1024 * 1024;

/** Returns the digest of a file, or undefined where it is too large to be a text. */
export function legacyMd5Of(path: string, bytes: number): string | undefined {
  return bytes <= LIMIT ? legacyMd5(readFileSync(path)) : undefined;
}

/** Returns the digest of bytes. */
export function legacyMd5(body: Uint8Array): string {
  const md5 = createHash('md5');
  if (!looksLikeText(body.subarray(0, SAMPLE))) return md5.update(body).digest('hex');
  const text = Buffer.from(body).toString('latin1').replaceAll('\r\n', '\n');
  return md5.update(text, 'latin1').digest('hex');
}

function looksLikeText(sample: Uint8Array): boolean {
  if (sample.includes(0)) return false;
  const others = sample.filter((byte) => !(byte >= 0x20 && byte <= 0x7e) && ![8, 9, 10, 12, 13].includes(byte));
  return others.length <= sample.length * TOLERANCE;
}
