import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkRest } from './settle-invariants.ts';
import { anyStep, type Step } from './settle-steps.ts';
import { World } from './settle-world.ts';

const histories = fc.array(anyStep, { maxLength: 160, size: 'max' });

/** Two of three clones are one person's. */
function live(steps: readonly Step[]): World {
  const world = new World(['ana@example.org', 'ana@example.org', 'bo@example.org']);
  for (const run of steps) run(world);
  if (!world.settleDown()) throw new Error('the clones never come to rest');
  return world;
}

test('clones that write, lose, repeat and crash come to one state, and nothing acknowledged vanishes', () => {
  fc.assert(
    fc.property(histories, (steps) => checkRest(live(steps))),
    { numRuns: 200 },
  );
});

test('such histories meet every rule: else the test above would show nothing', () => {
  const seen = new Set(fc.sample(histories, { numRuns: 150, seed: 7 }).flatMap((steps) => [...live(steps).seen]));
  expect([...seen].sort()).toEqual([
    'altered: adopted',
    'altered: became-annotate',
    'altered: version-taken',
    'dropped: changes-nothing',
    'dropped: no-longer-applies',
    'dropped: on-remote',
    'dropped: voided-on-remote',
    'held: others-events',
    'mirror: held: other-remote',
    'mirror: pulled',
    'mirror: pushed',
    'push: by prefixes',
    'push: held back',
    'push: lost race',
    'push: repeated',
    'views: cut push',
    'void: approvals-missing',
    'void: ground-touched',
    'void: no-effect',
    'void: not-adoptable',
    'void: relations-missing',
  ]);
});
