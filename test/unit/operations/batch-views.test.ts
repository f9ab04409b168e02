/** Views in pushes of a bounded number of refs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchViews } from '../../../src/operations/sync/batch-views.ts';
import type { ModelViews } from '../../../src/operations/sync/plan-remote-views.ts';
import type { RefUpdate } from '../../../src/ports/ref-store.ts';

/** Models with so many views each; an update is told apart by its identity alone. */
function modelsOf(counts: readonly number[]): readonly ModelViews[] {
  const update = (): RefUpdate => ({}) as RefUpdate;
  return counts.map((count) => ({ log: update(), views: Array.from({ length: count }, update) }));
}

test('every view is in one push, in order, with the log that it comes from, and no push has more refs than it may', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(12), { maxLength: 12 }), fc.integer({ min: 2, max: 9 }), (counts, most) => {
      const models = modelsOf(counts);
      const batches = batchViews(models, most);
      expect(batches.flatMap(({ views }) => views)).toEqual(models.flatMap(({ views }) => views));
      for (const { views, logs } of batches) {
        expect(views.length + logs.length).toBeLessThanOrEqual(most);
        const needed = models.filter((model) => views.some((view) => model.views.includes(view)));
        expect(new Set(logs)).toEqual(new Set(needed.map(({ log }) => log)));
      }
    }),
  );
});

test('pushes are as full as they can be', () => {
  expect(batchViews(modelsOf([501]), 500).map(({ views, logs }) => [views.length, logs.length])).toEqual([
    [499, 1],
    [2, 1],
  ]);
  expect(batchViews(modelsOf(Array.from({ length: 251 }, () => 1)), 500).map(({ views }) => views.length)).toEqual([
    250, 1,
  ]);
  expect(batchViews([], 500)).toEqual([]);
});
