import { expect, test } from 'vitest';
import { LazyMap } from '../../../src/domain/lazy-map.ts';

/** A map of numbers as texts, and the texts that were decoded. */
function numbers(): { readonly map: LazyMap<string, number>; readonly decoded: string[] } {
  const decoded: string[] = [];
  const decode = (text: string): number => {
    decoded.push(text);
    return Number(text);
  };
  const texts = [
    ['b', '2'],
    ['a', '1'],
    ['c', '3'],
  ] as const;
  return { map: new LazyMap<string, number>(texts, decode), decoded };
}

test('decodes the value that is asked for, once', () => {
  const { map, decoded } = numbers();
  expect([map.get('a'), map.get('a'), map.get('x')]).toEqual([1, 1, undefined]);
  expect(decoded).toEqual(['1']);
});

test('knows its size and its keys, in their order, without decoding', () => {
  const { map, decoded } = numbers();
  expect([map.size, [...map.keys()], map.has('c')]).toEqual([3, ['b', 'a', 'c'], true]);
  expect(decoded).toEqual([]);
});

test('reads like any map, in the order of its keys', () => {
  const expected = [
    ['b', 2],
    ['a', 1],
    ['c', 3],
  ];
  const each: unknown[] = [];
  const { map } = numbers();
  map.get('c');
  map.forEach((value, key) => {
    each.push([key, value]);
  });
  expect([...map]).toEqual(expected);
  expect([...map.entries()]).toEqual(expected);
  expect([...map.values()]).toEqual([2, 1, 3]);
  expect(each).toEqual(expected);
});

test('forgets the text of what is set, deleted or cleared', () => {
  const { map, decoded } = numbers();
  map.set('a', 10).delete('b');
  expect([...map]).toEqual([
    ['a', 10],
    ['c', 3],
  ]);
  map.clear();
  expect([map.size, map.get('c'), decoded]).toEqual([0, undefined, ['3']]);
});
