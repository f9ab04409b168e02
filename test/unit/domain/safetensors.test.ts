import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkSafetensorsHeader,
  decodeHeaderLength,
  SAFETENSORS_DTYPES,
  type SafetensorsCheck,
  type SafetensorsFault,
} from '../../../src/domain/safetensors.ts';

/** A whole file, what the reference implementation 0.8.0 makes of it, and the reason we have to refuse it. */
interface SafetensorsVector {
  readonly name: string;
  readonly file: string;
  readonly reference: 'valid' | 'invalid';
  readonly reason: SafetensorsFault | null;
}

const VECTORS = JSON.parse(
  readFileSync(new URL('../../../fixtures/weights/safetensors.json', import.meta.url), 'utf8'),
) as readonly SafetensorsVector[];

/** What the reference takes and we do not: it has two meanings, or none that we could keep. */
const STRICTER = [
  'huge dimension times zero',
  'leading space',
  'duplicate tensor',
  'duplicate after escapes',
  'metadata is null',
];

function checkFile(file: Uint8Array): SafetensorsCheck {
  const firstEight = file.subarray(0, 8);
  const length = decodeHeaderLength(firstEight, file.length);
  const headerBytes = typeof length === 'number' ? file.subarray(8, 8 + length) : undefined;
  return checkSafetensorsHeader({ firstEight, headerBytes }, file.length);
}

const fileOf = ({ file }: SafetensorsVector): Uint8Array => new Uint8Array(Buffer.from(file, 'base64'));

describe('a safetensors file', () => {
  test.each(VECTORS.filter(({ reason }) => reason === null))('with $name is valid', (vector) => {
    expect(checkFile(fileOf(vector))).toMatchObject({ kind: 'valid' });
    expect(vector.reference).toBe('valid');
  });

  test.each(VECTORS.filter(({ reason }) => reason !== null))('with $name is invalid: $reason', (vector) => {
    expect(checkFile(fileOf(vector))).toMatchObject({ kind: 'invalid', reason: vector.reason });
  });

  test('is never valid here and invalid to the reference', () => {
    const stricter = VECTORS.filter(({ reference, reason }) => reference === 'valid' && reason !== null);
    expect(stricter.map(({ name }) => name)).toEqual(STRICTER);
    expect(VECTORS.filter(({ reference, reason }) => reference === 'invalid' && reason === null)).toEqual([]);
  });

  test('gives its tensors and its metadata', () => {
    const vector = VECTORS.find(({ name }) => name === 'saved by the library');
    if (vector === undefined) throw new Error('no vector');
    const checked = checkFile(fileOf(vector));
    if (checked.kind === 'invalid') throw new Error(checked.message);
    expect(Object.fromEntries(checked.tensors)).toEqual({
      a: { dtype: 'F32', shape: [2, 3], begin: 8, end: 32 },
      b: { dtype: 'I64', shape: [0, 4], begin: 0, end: 0 },
      c: { dtype: 'F64', shape: [], begin: 0, end: 8 },
    });
    expect(Object.fromEntries(checked.metadata)).toEqual({ format: 'np' });
  });

  test.each(VECTORS.filter(({ reason }) => reason === null))(
    'with $name is invalid when a byte is cut off or added',
    (vector) => {
      const file = fileOf(vector);
      expect(checkFile(file.subarray(0, -1))).toMatchObject({ kind: 'invalid' });
      expect(checkFile(new Uint8Array([...file, 0]))).toMatchObject({ kind: 'invalid', reason: 'offsets' });
    },
  );
});

test('every type of the format has a vector', () => {
  const missing = Object.keys(SAFETENSORS_DTYPES).filter(
    (dtype) => !VECTORS.some(({ name }) => name === `eight elements of ${dtype}`),
  );
  expect(missing).toEqual([]);
});

describe('a header', () => {
  const prefix = (length: bigint): Uint8Array => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };

  test.each([
    [0n, 8, 0],
    [100_000_000n, 100_000_008, 100_000_000],
    [2n, 2 ** 50, 2],
  ])('of %i bytes in a file of %i is read', (length, fileBytes, expected) => {
    expect(decodeHeaderLength(prefix(length), fileBytes)).toBe(expected);
  });

  test.each([
    [1n, 8],
    [100_000_001n, 2 ** 40],
    [2n ** 64n - 1n, 2 ** 52],
    [2n ** 63n, 2 ** 52],
  ])('of %i bytes in a file of %i is not read', (length, fileBytes) => {
    expect(decodeHeaderLength(prefix(length), fileBytes)).toMatchObject({ kind: 'invalid', reason: 'header-length' });
  });

  test('that could not be read whole is invalid', () => {
    const firstEight = prefix(2n);
    expect(checkSafetensorsHeader({ firstEight, headerBytes: undefined }, 10)).toMatchObject({
      reason: 'header-length',
    });
    expect(checkSafetensorsHeader({ firstEight, headerBytes: new Uint8Array([0x7b]) }, 10)).toMatchObject({
      reason: 'header-length',
    });
  });

  test('is read wherever it lies in a larger buffer', () => {
    const padded = new Uint8Array([1, 2, 3, ...prefix(2n), 0x7b, 0x7d]);
    const head = { firstEight: padded.subarray(3, 11), headerBytes: padded.subarray(11) };
    expect(checkSafetensorsHeader(head, 10)).toMatchObject({ kind: 'valid' });
  });
});

describe('whatever a header says', () => {
  const check = (header: string, dataBytes: number): SafetensorsCheck => {
    const headerBytes = new TextEncoder().encode(header);
    const firstEight = new Uint8Array(8);
    new DataView(firstEight.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
    return checkSafetensorsHeader({ firstEight, headerBytes }, 8 + headerBytes.length + dataBytes);
  };

  test('there is an answer', () => {
    const dtypes = fc.constantFrom(...Object.keys(SAFETENSORS_DTYPES), 'F128');
    const counts = fc.array(fc.oneof(fc.nat(9), fc.maxSafeNat(), fc.integer(), fc.double()), { maxLength: 4 });
    const tensor = fc.record({ dtype: dtypes, shape: counts, data_offsets: counts }, { requiredKeys: [] });
    const header = fc.dictionary(fc.string(), fc.oneof(tensor, fc.jsonValue()));
    fc.assert(
      fc.property(header, fc.nat(64), (value, dataBytes) => {
        expect(['valid', 'invalid']).toContain(check(JSON.stringify(value), dataBytes).kind);
      }),
    );
  });

  test('tensors are valid side by side, in any order, and never with a byte between them', () => {
    const sizes = fc.array(fc.nat(20), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, fc.nat(), fc.infiniteStream(fc.nat()), (bytes, gapAt, order) => {
        const begins = bytes.map((_, index) => bytes.slice(0, index).reduce((sum, size) => sum + size, 0));
        const total = bytes.reduce((sum, size) => sum + size, 0);
        const write = (shiftFrom: number): string => {
          const tensors = bytes.map((size, index): [string, object] => {
            const begin = (begins[index] ?? 0) + (index >= shiftFrom ? 1 : 0);
            return [`t${index}`, { dtype: 'U8', shape: [size], data_offsets: [begin, begin + size] }];
          });
          const keyed = tensors.map((entry) => ({ entry, key: order.next().value as number }));
          return JSON.stringify(Object.fromEntries(keyed.sort((a, b) => a.key - b.key).map(({ entry }) => entry)));
        };
        expect(check(write(bytes.length), total)).toMatchObject({ kind: 'valid' });
        expect(check(write(gapAt % bytes.length), total + 1)).toMatchObject({ kind: 'invalid', reason: 'offsets' });
      }),
    );
  });
});
