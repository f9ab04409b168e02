/**
 * The header of a safetensors file, checked as strictly as the format allows: what is valid here has one meaning for every
 * reader, and no bytes that no tensor owns. Sizes are in bytes. Rules: github.com/huggingface/safetensors, `tensor.rs`.
 */
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from './canonical-json.ts';
import { RegistryError } from './errors.ts';

/** Bits of one element, by the name of its type. */
export const SAFETENSORS_DTYPES: Readonly<Record<string, number>> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
};

/** Why a header is invalid. */
export type SafetensorsFault =
  | 'too-short'
  | 'header-length'
  | 'header-start'
  | 'header-json'
  | 'duplicate-name'
  | 'metadata'
  | 'tensor'
  | 'dtype'
  | 'overflow'
  | 'misaligned'
  | 'span'
  | 'offsets';

/** A tensor. Its bytes are `begin` to `end`, counted from the end of the header. */
export interface SafetensorsTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** An invalid header: the reason, and a sentence that says where. */
export interface InvalidSafetensors {
  readonly kind: 'invalid';
  readonly reason: SafetensorsFault;
  readonly message: string;
}

/** What checking a header gives. */
export type SafetensorsCheck =
  | {
      readonly kind: 'valid';
      readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
      /** What `__metadata__` says. */
      readonly metadata: ReadonlyMap<string, string>;
    }
  | InvalidSafetensors;

/** The beginning of a file. */
export interface SafetensorsHead {
  /** The first 8 bytes, or all there are. */
  readonly firstEight: Uint8Array;
  /** The header that follows them; undefined where {@link decodeHeaderLength} gives none to read. */
  readonly headerBytes: Uint8Array | undefined;
}

/** Longest header: the reference implementation's limit. */
const HEADER_LIMIT = 100_000_000;
const PREFIX_BYTES = 8;
const U64_MAX = 2n ** 64n - 1n;

/** Returns how many bytes of header follow the first 8 bytes, or why there is no header. */
export function decodeHeaderLength(firstEight: Uint8Array, fileBytes: number): number | InvalidSafetensors {
  if (firstEight.length < PREFIX_BYTES) {
    return invalid('too-short', `file: expected at least 8 bytes, got ${firstEight.length}`);
  }
  const length = new DataView(firstEight.buffer, firstEight.byteOffset).getBigUint64(0, true);
  const limit = Math.min(HEADER_LIMIT, fileBytes - PREFIX_BYTES);
  return length <= BigInt(limit)
    ? Number(length)
    : invalid('header-length', `header: expected at most ${limit} bytes, got ${length}`);
}

/** Checks a header against the size of its file, tensor data included. Never throws for what a file can hold. */
export function checkSafetensorsHeader(head: SafetensorsHead, fileBytes: number): SafetensorsCheck {
  const length = decodeHeaderLength(head.firstEight, fileBytes);
  if (typeof length !== 'number') return length;
  const bytes = head.headerBytes ?? new Uint8Array();
  if (bytes.length !== length) return invalid('header-length', `header: expected ${length} bytes, got ${bytes.length}`);
  if (bytes[0] !== 0x7b) return invalid('header-start', 'header: expected "{" first');
  const members = parseHeader(bytes);
  if ('kind' in members) return members;
  const metadata = decodeMetadata(members.get('__metadata__'));
  if ('kind' in metadata) return metadata;
  const tensors = decodeTensors(members);
  if ('kind' in tensors) return tensors;
  return findGap(tensors, fileBytes - PREFIX_BYTES - length) ?? { kind: 'valid', tensors, metadata };
}

function invalid(reason: SafetensorsFault, message: string): InvalidSafetensors {
  return { kind: 'invalid', reason, message };
}

function invalidTensor(reason: SafetensorsFault, name: string, problem: string): InvalidSafetensors {
  return invalid(reason, `tensor ${JSON.stringify(name)}: ${problem}`);
}

function parseHeader(bytes: Uint8Array): JsonObject | InvalidSafetensors {
  try {
    const value = parseJson(bytes, 'header');
    return isJsonObject(value) ? value : invalid('header-json', 'header: expected an object');
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'bad-json') throw error;
    return invalid(error.data['fault'] === 'duplicate-key' ? 'duplicate-name' : 'header-json', error.message);
  }
}

function decodeMetadata(value: JsonValue | undefined): ReadonlyMap<string, string> | InvalidSafetensors {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!isJsonObject(value)) return invalid('metadata', '__metadata__: expected an object');
  for (const [key, text] of value) {
    if (typeof text !== 'string') return invalid('metadata', `__metadata__ ${JSON.stringify(key)}: expected a string`);
    metadata.set(key, text);
  }
  return metadata;
}

function decodeTensors(members: JsonObject): ReadonlyMap<string, SafetensorsTensor> | InvalidSafetensors {
  const tensors = new Map<string, SafetensorsTensor>();
  for (const [name, value] of members) {
    if (name === '__metadata__') continue;
    const tensor = decodeTensor(name, value);
    if ('kind' in tensor) return tensor;
    tensors.set(name, tensor);
  }
  return tensors;
}

function decodeTensor(name: string, value: JsonValue): SafetensorsTensor | InvalidSafetensors {
  if (!isJsonObject(value)) return invalidTensor('tensor', name, 'expected an object');
  const dtype = value.get('dtype');
  const shape = decodeCounts(value.get('shape'));
  const [begin, end, ...more] = decodeCounts(value.get('data_offsets')) ?? [];
  if (typeof dtype !== 'string') return invalidTensor('tensor', name, 'expected a dtype');
  if (shape === undefined) return invalidTensor('tensor', name, 'expected a shape of whole numbers up to 2^53-1');
  if (begin === undefined || end === undefined || more.length > 0) {
    return invalidTensor('tensor', name, 'expected two data_offsets');
  }
  const bits = Object.hasOwn(SAFETENSORS_DTYPES, dtype) ? SAFETENSORS_DTYPES[dtype] : undefined;
  if (bits === undefined) return invalidTensor('dtype', name, `unknown dtype ${JSON.stringify(dtype)}`);
  return findSizeFault(name, bits, shape, end - begin) ?? { dtype, shape, begin, end };
}

/** Compares what shape and type need with what the offsets give. */
function findSizeFault(
  name: string,
  bits: number,
  shape: readonly number[],
  span: number,
): InvalidSafetensors | undefined {
  if (span < 0) return invalidTensor('offsets', name, 'ends before it begins');
  let total = 1n;
  // Step by step, as the reference does: a zero at the end does not make up for an overflow before it.
  for (const factor of [...shape, bits]) {
    total *= BigInt(factor);
    if (total > U64_MAX) return invalidTensor('overflow', name, 'its size does not fit 64 bits');
  }
  if (total % 8n !== 0n) return invalidTensor('misaligned', name, `expected whole bytes, got ${total} bits`);
  if (total / 8n !== BigInt(span)) {
    return invalidTensor('span', name, `expected ${total / 8n} bytes for its shape, got ${span}`);
  }
  return undefined;
}

/** Returns an array of whole numbers from 0 to 2^53-1, or undefined. */
function decodeCounts(value: JsonValue | undefined): readonly number[] | undefined {
  if (value === undefined || value === null || typeof value !== 'object' || !isJsonArray(value)) return undefined;
  const counts = value.map((item) => (isJsonNumber(item) && /^\d+$/.test(item.text) ? Number(item.text) : Number.NaN));
  return counts.every(Number.isSafeInteger) ? counts : undefined;
}

/** Finds a byte of the data that no tensor owns, or two: they would be room for a second meaning of the file. */
function findGap(tensors: ReadonlyMap<string, SafetensorsTensor>, dataBytes: number): InvalidSafetensors | undefined {
  let at = 0;
  for (const [name, { begin, end }] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) return invalidTensor('offsets', name, `expected to begin at ${at}, got ${begin}`);
    at = end;
  }
  return at === dataBytes ? undefined : invalid('offsets', `tensors: expected to end at ${dataBytes}, got ${at}`);
}
