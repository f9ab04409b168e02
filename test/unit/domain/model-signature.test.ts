import { describe, expect, test } from 'vitest';
import { findBreaks, type ModelSignature, type SignatureColumn } from '../../../src/domain/model-signature.ts';

const column = (name: string | null, type: string, required = true): SignatureColumn => ({ name, type, required });
const signature = (sides: Partial<ModelSignature>): ModelSignature => ({
  inputs: [],
  outputs: [],
  params: [],
  ...sides,
});

function breaks(side: keyof ModelSignature, before: readonly SignatureColumn[], after: readonly SignatureColumn[]) {
  return findBreaks(signature({ [side]: before }), signature({ [side]: after }));
}

describe('callers go on', () => {
  test('where nothing changed, an input is gone, an optional one is new, or a required one became optional', () => {
    const a = column('a', 'double');
    expect(breaks('inputs', [a], [a])).toEqual([]);
    expect(breaks('inputs', [a, column('b', 'long')], [a])).toEqual([]);
    expect(breaks('inputs', [a], [a, column('b', 'long', false)])).toEqual([]);
    expect(breaks('inputs', [a], [{ ...a, required: false }])).toEqual([]);
    expect(breaks('outputs', [a], [a, column('b', 'long')])).toEqual([]);
    expect(breaks('params', [a], [column('b', 'long')])).toEqual([]);
  });

  test('where inputs admit more shapes and outputs have fewer', () => {
    expect(breaks('inputs', [column(null, 'float32[1,784]')], [column(null, 'float32[-1,784]')])).toEqual([]);
    expect(breaks('inputs', [column(null, 'float32[1]')], [column(null, 'float32')])).toEqual([]);
    expect(breaks('outputs', [column(null, 'float32[-1,10]')], [column(null, 'float32[1,10]')])).toEqual([]);
  });
});

describe('callers break', () => {
  test.each<[keyof ModelSignature, SignatureColumn[], SignatureColumn[], string]>([
    ['inputs', [], [column('a', 'long')], 'input a is new and required'],
    ['inputs', [column('a', 'long', false)], [column('a', 'long')], 'input a was optional and is required'],
    ['inputs', [column('a', 'long')], [column('a', 'double', false)], 'input a was long and is double'],
    [
      'inputs',
      [column(null, 'float32[-1,784]')],
      [column(null, 'float32[1,784]')],
      'input 1 was float32[-1,784] and is float32[1,784]',
    ],
    [
      'inputs',
      [column(null, 'float32[-1]')],
      [column(null, 'float64[-1]')],
      'input 1 was float32[-1] and is float64[-1]',
    ],
    [
      'inputs',
      [column(null, 'float32[-1,2]')],
      [column(null, 'float32[-1]')],
      'input 1 was float32[-1,2] and is float32[-1]',
    ],
    ['inputs', [column(null, 'float32')], [column(null, 'float32[-1]')], 'input 1 was float32 and is float32[-1]'],
    ['outputs', [column('p', 'double')], [], 'output p is gone'],
    ['outputs', [column('p', 'double')], [column('p', 'double', false)], 'output p is no longer always there'],
    [
      'outputs',
      [column(null, 'float32[1,10]')],
      [column(null, 'float32[-1,10]')],
      'output 1 was float32[1,10] and is float32[-1,10]',
    ],
    ['params', [column('k', 'long')], [column('k', 'string')], 'param k was long and is string'],
  ])('%s %j -> %j', (side, before, after, said) => {
    expect(breaks(side, before, after)).toEqual([said]);
  });
});
