import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkFormat, detectFormat, type WeightsFormat } from '../../../src/domain/weights-format.ts';

/** The first bytes of a file that Python's own libraries wrote, its size, and what it is. */
interface FormatVector {
  readonly name: string;
  readonly path: string;
  readonly head: string;
  readonly bytes: number;
  readonly format: WeightsFormat;
}

const VECTORS = JSON.parse(
  readFileSync(new URL('../../../fixtures/weights/formats.json', import.meta.url), 'utf8'),
) as readonly FormatVector[];

describe('the content', () => {
  test.each(VECTORS)('of $name is $format', ({ head, path, bytes, format }) => {
    expect(detectFormat(new Uint8Array(Buffer.from(head, 'base64')), path, bytes)).toBe(format);
  });

  test('of a pickle is known under every name', () => {
    const vector = VECTORS.find(({ name }) => name === 'pickle that calls, by hand');
    const head = new Uint8Array(Buffer.from(vector?.head ?? '', 'base64'));
    for (const path of ['model.safetensors', 'notes.txt', 'LICENSE', 'a/model.gguf', 'model.onnx']) {
      expect(detectFormat(head, path, head.length)).toBe('pickle');
    }
  });

  test('of any beginning of a file has some format, and none is an error', () => {
    for (const { head, path, bytes } of VECTORS) {
      const body = new Uint8Array(Buffer.from(head, 'base64'));
      for (const length of [0, 1, 2, 7, 8, 9, 30, 64]) {
        expect(typeof detectFormat(body.subarray(0, length), path, bytes)).toBe('string');
      }
    }
  });
});

describe('a name keeps its promise', () => {
  test.each<[string, WeightsFormat]>([
    ['model.safetensors', 'safetensors'],
    ['a/b/model.SAFETENSORS', 'safetensors'],
    ['model.gguf', 'gguf'],
    ['model.onnx', 'onnx'],
    ['model.pt', 'pytorch-zip'],
    ['model.pt', 'pickle'],
    ['model.pth', 'zip'],
    ['model.ckpt', 'pytorch-zip'],
    ['model.pkl', 'pickle'],
    ['model.h5', 'hdf5'],
    ['model.keras', 'zip'],
    ['a.npy', 'npy'],
    ['a.npz', 'zip'],
    ['pytorch_model.bin', 'pickle'],
    ['pytorch_model.bin', 'unknown'],
    ['pipeline.joblib', 'unknown'],
    ['pipeline.joblib', 'pickle'],
    ['weights.msgpack', 'unknown'],
    ['notes.txt', 'zip'],
    ['LICENSE', 'unknown'],
    ['constructor', 'unknown'],
  ])('%s as %s', (path, format) => {
    expect(checkFormat(format, path)).toBeUndefined();
  });
});

describe('a name breaks its promise', () => {
  test.each<[string, WeightsFormat]>([
    ['model.safetensors', 'pickle'],
    ['model.safetensors', 'unknown'],
    ['model.gguf', 'safetensors'],
    ['model.onnx', 'unknown'],
    ['model.pt', 'unknown'],
    ['model.pkl', 'zip'],
    ['model.h5', 'zip'],
    ['a.npy', 'zip'],
    ['a.npz', 'pytorch-zip'],
    ['notes.txt', 'pickle'],
    ['LICENSE', 'pytorch-zip'],
    ['weights.msgpack', 'pickle'],
    ['toString', 'pickle'],
  ])('%s as %s', (path, format) => {
    expect(checkFormat(format, path)).toContain(`got ${format}`);
  });
});
