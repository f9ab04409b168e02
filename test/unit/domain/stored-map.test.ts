import { expect, test } from 'vitest';
import type { FoldHeader } from '../../../src/domain/fold-header.ts';
import { type FoldLines, StoredMap } from '../../../src/domain/stored-map.ts';

const TEXTS = [
  ['a', '2 two'],
  ['b', '1 one'],
  ['c', '3 three'],
] as const;

/** A map of lines, and what was asked of them. */
function stored(): { readonly map: StoredMap<string, { readonly text: string }>; readonly asked: string[] } {
  const asked: string[] = [];
  const section = { lines: TEXTS.length, start: 0, bytes: 0 };
  const lines: FoldLines = {
    // Only the number of lines is asked of a header.
    header: { sections: { e: section } } as unknown as FoldHeader,
    find: (_letter, key) => {
      asked.push(key);
      return TEXTS.find(([known]) => known === key)?.[1];
    },
    all: () => {
      asked.push('all');
      return TEXTS;
    },
  };
  const byNumber = (a: string, b: string): number => Number.parseInt(a, 10) - Number.parseInt(b, 10);
  return { map: new StoredMap(lines, 'e', (text) => ({ text }), byNumber), asked };
}

test('one value is looked up alone, and decoded once', () => {
  const { map, asked } = stored();
  expect(map.get('a')).toEqual({ text: '2 two' });
  expect(map.get('a')).toBe(map.get('a'));
  expect([map.get('x'), map.has('b'), map.has('y'), map.size]).toEqual([undefined, true, false, 3]);
  expect(asked).toEqual(['a', 'x', 'b', 'y']);
});

test('keys and values come in the order asked for, from one reading', () => {
  const { map, asked } = stored();
  expect([...map.keys()]).toEqual(['b', 'a', 'c']);
  expect([...map].map(([key, { text }]) => [key, text])).toEqual([
    ['b', '1 one'],
    ['a', '2 two'],
    ['c', '3 three'],
  ]);
  expect([...map.values()].map(({ text }) => text)).toEqual(['1 one', '2 two', '3 three']);
  const seen: string[] = [];
  map.forEach((_value, key) => {
    seen.push(key);
  });
  expect(seen).toEqual(['b', 'a', 'c']);
  expect(asked).toEqual(['all']);
});

test('many look-ups end in one reading of all', () => {
  const { map, asked } = stored();
  for (let time = 0; time < 200; time += 1) expect(map.has(`x${time}`)).toBe(false);
  expect(asked.filter((key) => key === 'all')).toHaveLength(1);
  expect(asked.length).toBeLessThan(50);
  expect(map.get('c')).toEqual({ text: '3 three' });
});
