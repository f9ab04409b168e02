import { expect, test } from 'vitest';
import { durationOf } from '../../../src/domain/duration.ts';
import { readInstant } from '../../../src/domain/written-instant.ts';

test.each([
  ['2026-01-05', '2026-01-05T00:00:00.000Z'],
  ['2026-01-05T09:30', '2026-01-05T09:30:00.000Z'],
  ['2026-01-05 09:30:01.123456', '2026-01-05T09:30:01.123Z'],
  ['2026-01-05T09:30:01Z', '2026-01-05T09:30:01.000Z'],
  ['2026-01-05T09:30:01+02:00', '2026-01-05T07:30:01.000Z'],
  ['2026-01-05t09:30:01-0130', '2026-01-05T11:00:01.000Z'],
])('%s is %s', (text, instant) => {
  expect(new Date(readInstant(text) ?? Number.NaN).toISOString()).toBe(instant);
});

test.each(['', 'yesterday', '2026', '2026-13-01', '2026-01-05T25:00', '05.01.2026', '1767600000'])(
  '%j is no instant',
  (text) => {
    expect(readInstant(text)).toBeUndefined();
  },
);

test('a duration has a unit', () => {
  expect(['90s', '30d', '500ms', '2w'].map(durationOf)).toEqual([90_000, 2_592_000_000, 500, 1_209_600_000]);
  expect(['90', '0d', '-1d', '1.5h', '1y', ''].map(durationOf)).toEqual(Array(6).fill(undefined));
});
