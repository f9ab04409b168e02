/** What a weights file is, by its content, and whether that is what its name promises. */
import { startsAsPickle } from './pickle-scan.ts';
import { decodeHeaderLength } from './safetensors.ts';

/** A format of weights. `pytorch-zip` is a zip file with a pickle in it. */
export type WeightsFormat =
  | 'safetensors'
  | 'gguf'
  | 'pickle'
  | 'pytorch-zip'
  | 'zip'
  | 'onnx'
  | 'hdf5'
  | 'npy'
  | 'unknown';

/** How many first bytes of a file tell its format reliably. Fewer may leave it `unknown`, or a `pytorch-zip` a `zip`. */
export const FORMAT_HEAD_BYTES = 4096;

const MAGICS: readonly (readonly [WeightsFormat, string])[] = [
  ['gguf', 'GGUF'],
  ['npy', '\x93NUMPY'],
  ['hdf5', '\x89HDF\r\n\x1a\n'],
  ['zip', 'PK\x03\x04'],
  ['zip', 'PK\x05\x06'],
];

/**
 * Returns the format of a file of `bytes` bytes that begins with `head`. The name counts for ONNX alone, which has no mark
 * of its own: it is looked for only where the name promises it.
 */
export function detectFormat(head: Uint8Array, path: string, bytes: number): WeightsFormat {
  const magic = MAGICS.find(([, start]) => startsWith(head, start))?.[0];
  if (magic === 'zip') return holdsPickle(latin1(head)) ? 'pytorch-zip' : 'zip';
  if (magic !== undefined) return magic;
  if (startsAsSafetensors(head, bytes)) return 'safetensors';
  if (startsAsPickle(head, bytes)) return 'pickle';
  return path.endsWith('.onnx') && startsAsOnnx(head, bytes) ? 'onnx' : 'unknown';
}

/** Formats that run code when they are loaded. */
export const RUNS_CODE: readonly WeightsFormat[] = ['pickle', 'pytorch-zip'];

/** What a name promises. Suffixes that are not here promise nothing but that no code is run. */
const PROMISES: Readonly<Record<string, readonly WeightsFormat[]>> = {
  safetensors: ['safetensors'],
  gguf: ['gguf'],
  onnx: ['onnx'],
  npy: ['npy'],
  npz: ['zip'],
  h5: ['hdf5'],
  keras: ['zip', 'hdf5'],
  pt: ['pytorch-zip', 'pickle', 'zip'],
  pth: ['pytorch-zip', 'pickle', 'zip'],
  ckpt: ['pytorch-zip', 'pickle', 'zip'],
  pkl: ['pickle'],
  pickle: ['pickle'],
};

/** Suffixes of pickles among other things. */
const MAY_RUN_CODE: ReadonlySet<string> = new Set(['bin', 'joblib']);

/** Returns how a format breaks the promise of a file's name, or undefined where it keeps it. */
export function checkFormat(format: WeightsFormat, path: string): string | undefined {
  const suffix = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  const promised = Object.hasOwn(PROMISES, suffix) ? PROMISES[suffix] : undefined;
  if (promised?.includes(format)) return undefined;
  const runsCode = RUNS_CODE.includes(format);
  if (promised === undefined && (!runsCode || MAY_RUN_CODE.has(suffix))) return undefined;
  const expected = promised === undefined ? 'nothing that runs code' : promised.join(' or ');
  return `expected ${expected}, got ${format}${runsCode ? ', which can run code when it is loaded' : ''}`;
}

function startsAsSafetensors(head: Uint8Array, bytes: number): boolean {
  return typeof decodeHeaderLength(head.subarray(0, 8), bytes) === 'number' && head[8] === 0x7b;
}

/** torch.save puts the pickle first, TorchScript among the first entries. */
function holdsPickle(text: string): boolean {
  return /\/(?:data|constants)\.pkl/.test(text);
}

/** Wire types of the fields of ONNX's ModelProto: 0 is a number, 2 has a length. */
const ONNX_FIELDS: ReadonlyMap<number, number> = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
]);

/** Walks over the fields that `head` shows: all must be ModelProto's, `ir_version` among them. */
function startsAsOnnx(head: Uint8Array, bytes: number): boolean {
  let hasVersion = false;
  for (let at = 0; at < head.length; ) {
    const tag = readVarint(head, at);
    const field = tag.value >>> 3;
    if (ONNX_FIELDS.get(field) !== (tag.value & 7)) return false;
    const value = readVarint(head, tag.end);
    hasVersion ||= field === 1;
    at = value.end + ((tag.value & 7) === 2 ? value.value : 0);
    if (at > bytes) return false;
  }
  return hasVersion;
}

/** Reads protobuf's number: seven bits a byte, lowest first. Longer ones than a file can need do not end. */
function readVarint(head: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < start + 10; at += 1) {
    const byte = head[at] ?? 0;
    value += (byte & 0x7f) * 128 ** (at - start);
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return { value, end: Number.POSITIVE_INFINITY };
}

function startsWith(head: Uint8Array, start: string): boolean {
  for (let at = 0; at < start.length; at += 1) if (head[at] !== start.charCodeAt(at)) return false;
  return true;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, FORMAT_HEAD_BYTES), (byte) => String.fromCharCode(byte)).join('');
}
