import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/git/system-clock.ts';

test('ids are UUIDs of version 7 that hold their instant', () => {
  for (const at of [0, 1, 1_700_000_000_123, 2 ** 48 - 1]) {
    const id = SYSTEM_CLOCK.newId(at);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at);
  }
});

test('ids of one instant differ, and sort by instant', () => {
  const ids = Array.from({ length: 1000 }, () => SYSTEM_CLOCK.newId(5));
  expect(new Set(ids).size).toBe(1000);
  const instants = [1, 255, 256, 65_536, 1_700_000_000_000];
  const ordered = instants.map((at) => SYSTEM_CLOCK.newId(at));
  expect([...ordered].sort()).toEqual(ordered);
});

test('now is Unix milliseconds', () => {
  const before = Date.now();
  const now = SYSTEM_CLOCK.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

test('a wait that spreads rivals ends within what it may take', async () => {
  const ended: string[] = [];
  const waits = Array.from({ length: 20 }, () => SYSTEM_CLOCK.spread(50).then(() => ended.push('wait')));
  // Timers of one turn fire in the order of their lengths, however late that is.
  await Promise.all([...waits, sleep(51).then(() => ended.push('limit'))]);
  expect(ended.indexOf('limit')).toBe(20);
});
