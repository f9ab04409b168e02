/**
 * Whether bytes begin as a Python pickle. A pickle needs no magic number and runs code when it is loaded, so it is known by
 * its instructions (`pickletools.opcodes`), under any name. Nothing is executed.
 */

/** What follows an instruction: a number of bytes, a length (of so many bytes) and that many bytes, or lines. */
type Argument = { readonly bytes: number } | { readonly lengthBytes: number } | { readonly lines: readonly RegExp[] };

const NONE: Argument = { bytes: 0 };
const DECIMAL = /^-?\d+L?$/;
const INDEX = /^\d+$/;
const DOTTED = /^[A-Za-z_][\w.]*$/;

const LINES: Readonly<Record<string, readonly RegExp[]>> = {
  F: [/^-?[\d.einf+-]+$/],
  I: [DECIMAL],
  L: [DECIMAL],
  P: [/^[\x20-\x7e]*$/],
  S: [/^(?:'.*'|".*")$/],
  V: [/^[^\0]*$/],
  g: [INDEX],
  p: [INDEX],
  c: [DOTTED, DOTTED],
  i: [DOTTED, DOTTED],
};

/** Every instruction by its byte. */
const OPCODES: ReadonlyMap<number, Argument> = new Map([
  ...[...'(.012NQRabdelost})]u'].map((letter) => [letter.charCodeAt(0), NONE] as const),
  ...[0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x97, 0x98].map(
    (code) => [code, NONE] as const,
  ),
  ...sized(1, 'Khq', [0x80, 0x82]),
  ...sized(2, 'M', [0x83]),
  ...sized(4, 'Jjr', [0x84]),
  ...sized(8, 'G', [0x95]),
  ...prefixed(1, 'UC', [0x8a, 0x8c]),
  ...prefixed(4, 'BTX', [0x8b]),
  ...prefixed(8, '', [0x8d, 0x8e, 0x96]),
  ...Object.entries(LINES).map(([letter, lines]) => [letter.charCodeAt(0), { lines }] as const),
]);

const PROTOCOL = 0x80;
const NEWEST_PROTOCOL = 5;
/** Instructions that other files hardly begin with: protocol, globals, calls, memos. */
const TELLING: ReadonlySet<number> = new Set([
  PROTOCOL,
  0x93,
  0x94,
  ...[...'cipqrR'].map((letter) => letter.charCodeAt(0)),
]);
const STOP = '.'.charCodeAt(0);
/** So many instructions in a row are no accident: fewer when the first is a protocol that there is. */
const ENOUGH = 3;
const ENOUGH_AFTER_PROTOCOL = 2;

/** Tells whether a file of `bytes` bytes that begins with `head` is a pickle, as far as `head` shows. */
export function startsAsPickle(head: Uint8Array, bytes: number): boolean {
  const hasProtocol = head[0] === PROTOCOL;
  if (hasProtocol && (head[1] ?? 0) > NEWEST_PROTOCOL) return false;
  let seen = 0;
  let isTelling = false;
  for (let at = 0; at < head.length; seen += 1) {
    const code = head[at] ?? STOP;
    const end = endOfInstruction(head, at, bytes);
    if (end === undefined) return false;
    isTelling ||= TELLING.has(code);
    if (code === STOP) return isTelling && seen > 0;
    at = end;
  }
  // Without a stop a whole file is none; of a longer one the end is not to be seen.
  return head.length < bytes && isTelling && seen >= (hasProtocol ? ENOUGH_AFTER_PROTOCOL : ENOUGH);
}

/** Returns where the instruction at `at` ends, maybe behind `head`; undefined where there is none. */
function endOfInstruction(head: Uint8Array, at: number, bytes: number): number | undefined {
  const argument = OPCODES.get(head[at] ?? 0);
  if (argument === undefined) return undefined;
  let end = at + 1;
  if ('lines' in argument) {
    for (const pattern of argument.lines) {
      const line = lineAt(head, end);
      if (line === undefined) return bytes;
      if (!pattern.test(line)) return undefined;
      end += line.length + 1;
    }
  } else if ('lengthBytes' in argument) {
    end += argument.lengthBytes + lengthAt(head, end, argument.lengthBytes);
  } else {
    end += argument.bytes;
  }
  return end <= bytes ? end : undefined;
}

/** Returns the text up to the next line feed; undefined when that is behind `head`. */
function lineAt(head: Uint8Array, start: number): string | undefined {
  const end = head.indexOf(0x0a, start);
  return end === -1 ? undefined : String.fromCharCode(...head.subarray(start, end));
}

/** Returns a little-endian number; the bytes that are behind `head` count as zero. */
function lengthAt(head: Uint8Array, start: number, lengthBytes: number): number {
  return head.subarray(start, start + lengthBytes).reduceRight((high, byte) => high * 256 + byte, 0);
}

function sized(bytes: number, letters: string, codes: readonly number[]): readonly (readonly [number, Argument])[] {
  return [...[...letters].map((letter) => letter.charCodeAt(0)), ...codes].map((code) => [code, { bytes }]);
}

function prefixed(
  lengthBytes: number,
  letters: string,
  codes: readonly number[],
): readonly (readonly [number, Argument])[] {
  return [...[...letters].map((letter) => letter.charCodeAt(0)), ...codes].map((code) => [code, { lengthBytes }]);
}
