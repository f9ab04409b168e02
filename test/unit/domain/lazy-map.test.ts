import { expect, test } from 'vitest';
import { LazyMap } from '../../../src/domain/lazy-map.ts';

interface Boxed {
  readonly number: number;
}

/** A map of boxed numbers as texts, and the texts that were decoded. */
function numbers(): { readonly map: LazyMap<string, Boxed>; readonly decoded: string[] } {
  const decoded: string[] = [];
  const decode = (text: string): Boxed => {
    decoded.push(text);
    return { number: Number(text) };
  };
  const texts = [
    ['b', '2'],
    ['a', '1'],
    ['c', '3'],
  ] as const;
  return { map: new LazyMap<string, Boxed>(texts, decode), decoded };
}

const ALL = [
  ['b', { number: 2 }],
  ['a', { number: 1 }],
  ['c', { number: 3 }],
];

test('decodes the value that is asked for, once', () => {
  const { map, decoded } = numbers();
  expect(map.get('a')).toEqual({ number: 1 });
  expect(map.get('a')).toBe(map.get('a'));
  expect(map.get('x')).toBeUndefined();
  expect(decoded).toEqual(['1']);
});

test('knows its size and its keys, in their order, without decoding', () => {
  const { map, decoded } = numbers();
  expect([map.size, [...map.keys()], map.has('c')]).toEqual([3, ['b', 'a', 'c'], true]);
  expect(decoded).toEqual([]);
});

test('reads like any map, in the order of its keys, whatever was asked for before', () => {
  const { map } = numbers();
  map.get('c');
  const each: unknown[] = [];
  map.forEach((value, key) => {
    each.push([key, value]);
  });
  expect(each).toEqual(ALL);
  expect([...numbers().map]).toEqual(ALL);
  expect([...numbers().map.entries()]).toEqual(ALL);
  expect([...numbers().map.values()]).toEqual(ALL.map(([, value]) => value));
  expect([...new Map(numbers().map)]).toEqual(ALL);
});

test('takes new values, and forgets what is deleted, like any map', () => {
  const { map, decoded } = numbers();
  map.set('a', { number: 10 }).set('d', { number: 4 }).delete('b');
  expect([...map]).toEqual([
    ['a', { number: 10 }],
    ['c', { number: 3 }],
    ['d', { number: 4 }],
  ]);
  expect(decoded).toEqual(['3']);
});
