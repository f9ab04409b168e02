/** Work on many things, several at a time. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mapAhead } from '../../../src/operations/for-each.ts';

/** Runs it over as many items as delays, in milliseconds; `failing` items fail. */
async function run(width: number, delays: readonly number[], failing: readonly number[] = []) {
  const [yielded, begun, ended]: number[][] = [[], [], []];
  let most = 0;
  const work = async (item: number): Promise<number> => {
    begun?.push(item);
    most = Math.max(most, (begun?.length ?? 0) - (ended?.length ?? 0));
    await delay(delays[item]);
    ended?.push(item);
    if (failing.includes(item)) throw new Error(`item ${item}`);
    return item * 10;
  };
  const failure = await (async () => {
    for await (const result of mapAhead(width, [...delays.keys()], work)) yielded?.push(result);
  })().then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { yielded, begun, ended, most, failure };
}

test('results come in the order of the items, whichever is ready first', async () => {
  const { yielded, ended, failure } = await run(3, [30, 1, 10, 1, 1]);
  expect(yielded).toEqual([0, 10, 20, 30, 40]);
  expect(ended).not.toEqual([0, 1, 2, 3, 4]);
  expect(failure).toBeUndefined();
});

test('no more than the width are under way, and all of the width', async () => {
  expect((await run(3, [5, 5, 5, 5, 5, 5, 5])).most).toBe(3);
  expect((await run(8, [5, 5])).most).toBe(2);
  expect((await run(4, [])).yielded).toEqual([]);
});

test('a failure is thrown at its turn, nothing begins after it, and what is under way is waited for', async () => {
  const { yielded, begun, ended, failure } = await run(3, [20, 1, 30, 1, 1, 1], [1]);
  expect(failure).toBe('item 1');
  expect(yielded).toEqual([0]);
  expect(begun).toEqual([0, 1, 2, 3]);
  expect([...(ended ?? [])].sort()).toEqual([0, 1, 2, 3]);
});

test('who stops reading waits for what is under way', async () => {
  const ended: number[] = [];
  const work = async (item: number): Promise<number> => {
    await delay(item);
    ended.push(item);
    return item;
  };
  for await (const result of mapAhead(3, [1, 10, 20, 1], work)) if (result === 1) break;
  expect(ended).toEqual([1, 10, 20]);
});
