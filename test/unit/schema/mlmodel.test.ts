import { describe, expect, test } from 'vitest';
import { decodeModelSignature, decodeSignatureFile } from '../../../src/schema/decode-mlmodel.ts';

/** As MLflow 2 and 3 write it: each side a JSON text inside the YAML. */
const MLMODEL = `
artifact_path: model
flavors:
  python_function:
    loader_module: mlflow.sklearn
signature:
  inputs: '[{"type": "double", "name": "height", "required": true}, {"type": "long", "name": "age", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 784]}}]'
  params: '[{"name": "top_k", "type": "long", "default": 5, "shape": null}]'
`;

describe('the signature of an MLmodel file', () => {
  test('has names, types and shapes', () => {
    expect(decodeModelSignature(MLMODEL)).toEqual({
      inputs: [
        { name: 'height', type: 'double', required: true },
        { name: 'age', type: 'long', required: false },
      ],
      outputs: [{ name: null, type: 'float32[-1,784]', required: true }],
      params: [{ name: 'top_k', type: 'long', required: true }],
    });
  });

  test('may lack sides, and mark columns as optional in the older way', () => {
    const text = `signature:\n  inputs: '[{"type": "object", "name": "q", "optional": true}]'\n  outputs: null\n`;
    expect(decodeModelSignature(text)).toEqual({
      inputs: [{ name: 'q', type: 'object', required: false }],
      outputs: [],
      params: [],
    });
  });

  test.each([
    ['a file without one', 'flavors: {}'],
    ['an empty one', 'signature:\n  inputs: null\n'],
    ['a text that is no YAML', 'signature: [}'],
    ['a side that is no JSON', "signature:\n  inputs: 'x'\n"],
    ['a side that is no list', "signature:\n  inputs: '{}'\n"],
    ['a file that is a list', '- signature'],
    ['an empty file', ''],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefghi'[i]}`).join()}]\n`).join('')}signature: *i\n`,
    ],
  ])('is not found in %s', (_what, text) => {
    expect(decodeModelSignature(text)).toBeUndefined();
  });
});

test('signature.json is the signature by itself, or under its name, its sides texts or arrays', () => {
  const inputs = [{ type: 'long', name: 'a' }];
  const expected = { inputs: [{ name: 'a', type: 'long', required: true }], outputs: [], params: [] };
  expect(decodeSignatureFile(JSON.stringify({ inputs }))).toEqual(expected);
  expect(decodeSignatureFile(JSON.stringify({ inputs: JSON.stringify(inputs), outputs: null }))).toEqual(expected);
  expect(decodeSignatureFile(JSON.stringify({ signature: { inputs } }))).toEqual(expected);
  for (const text of ['', '[]', '{}', '{"inputs": "["}']) expect(decodeSignatureFile(text)).toBeUndefined();
});

test('arrays and objects have their parts in their type', () => {
  const properties = { b: { type: 'long', required: false }, a: { type: 'array', items: { type: 'string' } } };
  const inputs = [{ name: 'x', type: 'object', properties }];
  expect(decodeSignatureFile(JSON.stringify({ inputs }))?.inputs[0]?.type).toBe('object<a:array<string>,b?:long>');
});
