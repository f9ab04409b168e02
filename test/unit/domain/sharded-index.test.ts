import { describe, expect, test } from 'vitest';
import { type JsonValue, parseJson } from '../../../src/domain/canonical-json.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import { checkShardedIndexes, isShard, isShardedIndex } from '../../../src/domain/sharded-index.ts';

/** A bundle: its shards with their tensors, other files with none, and its indexes. */
interface ShardedBundle {
  readonly files?: Readonly<Record<string, readonly string[] | undefined>>;
  readonly indexes?: Readonly<Record<string, unknown>>;
}

function check({ files = {}, indexes = {} }: ShardedBundle): readonly Finding[] {
  const parsed = Object.entries(indexes).map(([path, value]): [string, JsonValue] => [
    path,
    parseJson(new TextEncoder().encode(JSON.stringify(value)), path),
  ]);
  return checkShardedIndexes([...Object.keys(files), ...Object.keys(indexes)], new Map(parsed), (path) => files[path]);
}

const codesOf = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ code, subject }) => `${code} ${subject}`);

const FIRST = 'model-00001-of-00002.safetensors';
const SECOND = 'model-00002-of-00002.safetensors';
const INDEX = 'model.safetensors.index.json';
const WHOLE = { metadata: { total_size: 12 }, weight_map: { a: FIRST, b: FIRST, c: SECOND } };

describe('nothing is found', () => {
  test('in a whole checkpoint', () => {
    expect(check({ files: { [FIRST]: ['a', 'b'], [SECOND]: ['c'] }, indexes: { [INDEX]: WHOLE } })).toEqual([]);
  });

  test('in a bundle without shards', () => {
    expect(check({ files: { 'model.safetensors': ['a'], 'config.json': undefined } })).toEqual([]);
  });

  test('in whole checkpoints of several folders and variants', () => {
    const half = 'model.fp16-00001-of-00001.safetensors';
    const findings = check({
      files: {
        [`unet/${FIRST}`]: ['a', 'b'],
        [`unet/${SECOND}`]: ['c'],
        [`text/encoder/${FIRST}`]: ['a', 'b'],
        [`text/encoder/${SECOND}`]: ['c'],
        [`unet/${half}`]: ['a'],
      },
      indexes: {
        [`unet/${INDEX}`]: WHOLE,
        [`text/encoder/${INDEX}`]: WHOLE,
        'unet/model.fp16.safetensors.index.json': { weight_map: { a: half } },
      },
    });
    expect(findings).toEqual([]);
  });

  test('when two indexes share a shard and name all of it together', () => {
    const findings = check({
      files: { [FIRST]: ['a', 'b'], [SECOND]: ['c'] },
      indexes: {
        [INDEX]: { weight_map: { a: FIRST, c: SECOND } },
        'other.safetensors.index.json': { weight_map: { b: FIRST } },
      },
    });
    expect(findings).toEqual([]);
  });

  test('in shards whose headers cannot be read: that is another finding', () => {
    expect(check({ files: { [FIRST]: undefined, [SECOND]: undefined }, indexes: { [INDEX]: WHOLE } })).toEqual([]);
  });

  test("in PyTorch's shards, whose tensors are not looked at", () => {
    const shard = 'pytorch_model-00001-of-00001.bin';
    const findings = check({
      files: { [shard]: ['z'] },
      indexes: { 'pytorch_model.bin.index.json': { weight_map: { a: shard } } },
    });
    expect(findings).toEqual([]);
  });

  test('in other files that end in .index.json', () => {
    expect(check({ indexes: { 'search.index.json': [1, 2] } })).toEqual([]);
  });
});

describe('found is', () => {
  test('a shard that is missing, once however many tensors it has', () => {
    const findings = check({ files: { [FIRST]: ['a', 'b'] }, indexes: { [INDEX]: WHOLE } });
    expect(codesOf(findings)).toEqual([`shard-missing ${INDEX}`]);
    expect(findings[0]?.message).toContain(SECOND);
  });

  test("a shard that is missing among PyTorch's", () => {
    const findings = check({
      indexes: { 'a/pytorch_model.bin.index.json': { weight_map: { a: 'pytorch_model-00001-of-00001.bin' } } },
    });
    expect(codesOf(findings)).toEqual(['shard-missing a/pytorch_model.bin.index.json']);
  });

  test('a shard that is in no index of its folder', () => {
    const findings = check({
      files: { [FIRST]: ['a', 'b'], [SECOND]: ['c'], [`x/${FIRST}`]: ['a'] },
      indexes: { [INDEX]: WHOLE },
    });
    expect(codesOf(findings)).toEqual([`shard-orphaned x/${FIRST}`]);
    expect(codesOf(check({ files: { [FIRST]: ['a'] } }))).toEqual([`shard-orphaned ${FIRST}`]);
  });

  test('a tensor that its shard lacks, and one that no index names', () => {
    const findings = check({ files: { [FIRST]: ['a', 'x'], [SECOND]: ['c'] }, indexes: { [INDEX]: WHOLE } });
    expect(codesOf(findings)).toEqual([`tensor-orphaned ${FIRST}`, `tensor-missing ${INDEX}`]);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('"x"'),
      expect.stringContaining('"b"'),
    ]);
  });

  test('a tensor that lies in another shard than the index says', () => {
    const findings = check({ files: { [FIRST]: ['a'], [SECOND]: ['b', 'c'] }, indexes: { [INDEX]: WHOLE } });
    expect(codesOf(findings)).toEqual([`tensor-orphaned ${SECOND}`, `tensor-missing ${INDEX}`]);
  });

  test('ten thousand missing tensors in one finding', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `t${index}`);
    const findings = check({
      files: { [FIRST]: [] },
      indexes: { [INDEX]: { weight_map: Object.fromEntries(names.map((name) => [name, FIRST])) } },
    });
    expect(codesOf(findings)).toEqual([`tensor-missing ${INDEX}`]);
    expect(findings[0]?.message).toContain('9997 more');
  });

  test.each([
    null,
    [],
    'text',
    {},
    { weight_map: null },
    { weight_map: [] },
    { weight_map: {} },
    { weight_map: { a: 1 } },
    { weight_map: { a: '' } },
    { weight_map: { a: '/etc/passwd' } },
    { weight_map: { a: '../model.safetensors' } },
    { weight_map: { a: 'x/./y' } },
  ])('that %j is no index', (value) => {
    expect(codesOf(check({ indexes: { [INDEX]: value } }))).toEqual([`index-invalid ${INDEX}`]);
  });
});

test('a tensor may have any name', () => {
  const index: JsonValue = new Map([['weight_map', new Map([['__proto__', FIRST]])]]);
  expect(checkShardedIndexes([FIRST, INDEX], new Map([[INDEX, index]]), () => ['__proto__'])).toEqual([]);
});

test('names tell indexes and shards', () => {
  expect([INDEX, 'a/pytorch_model.bin.index.json', 'x.index.json', 'model.safetensors'].map(isShardedIndex)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([FIRST, 'a/b-00001-of-00010.bin', 'model.safetensors', 'model-1-of-2.safetensors'].map(isShard)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
