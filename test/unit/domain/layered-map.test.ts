import { expect, test } from 'vitest';
import { changedKeys, LayeredMap } from '../../../src/domain/layered-map.ts';

const BASE = new Map([
  ['a', 1],
  ['b', 2],
]);

test('what is set stands over the base, which stays as it was', () => {
  const map = LayeredMap.over(BASE).set('b', 20).set('c', 3);
  expect([...map]).toEqual([
    ['a', 1],
    ['b', 20],
    ['c', 3],
  ]);
  expect([[...map.keys()], [...map.values()], map.size]).toEqual([['a', 'b', 'c'], [1, 20, 3], 3]);
  expect([map.get('a'), map.get('b'), map.get('x'), map.has('c'), map.has('x')]).toEqual([
    1,
    20,
    undefined,
    true,
    false,
  ]);
  expect(BASE.get('b')).toBe(2);
});

test('a map over a layered one shares its base, and neither sees what is set in the other', () => {
  const first = LayeredMap.over(BASE).set('c', 3);
  const second = LayeredMap.over(first).set('d', 4);
  first.set('e', 5);
  expect([second.base, [...second.keys()], second.size]).toEqual([BASE, ['a', 'b', 'c', 'd'], 4]);
  expect([...first.keys()]).toEqual(['a', 'b', 'c', 'e']);
});

test('what changed is told without looking at the rest', () => {
  const before = LayeredMap.over(BASE).set('c', 3);
  const after = LayeredMap.over(before).set('a', 1).set('b', 5).set('d', 4);
  expect(changedKeys(before, after)).toEqual(['b', 'd']);
  expect(changedKeys(BASE, new Map([...BASE, ['x', 9]]))).toEqual(['x']);
});
