/** Clones that race for one remote, a process for each command: what a push costs when others push too, and what is lost. */

import { makeField, type RaceField, type Racer } from '../race/field.ts';
import { gitRacer } from '../race/git-racer.ts';
import { registryRacer } from '../race/registry-racer.ts';
import type { ReportLine, ReportSection } from '../report-line.ts';

const CLONES = 16;
const ENTRIES = 10;

const WHY =
  'Beside the push it lists the remote, verifies what came, replays its own event on it, and lists again to bring the ' +
  'views up to date; each attempt starts Node and several processes of git, on as many cores as the machine has.';

interface RaceTimes {
  /** From the start of a push until it has landed, the mean, in milliseconds. */
  readonly push: number;
  /** From the first command to the last, in milliseconds. */
  readonly whole: number;
}

/** Measures 160 pushes of 16 clones with ours and with a script, one after the other. */
export async function measureRace(): Promise<ReportSection> {
  const bare = await race(makeField('script', CLONES), gitRacer);
  const ours = await race(makeField('registry', CLONES), registryRacer);
  const size = `${CLONES} clones x ${ENTRIES} entries`;
  const line = (what: string, key: keyof RaceTimes): ReportLine => ({
    what,
    size,
    value: ours[key],
    unit: 'ms',
    floor: { what: 'git fetch, commit-tree, push until it lands', value: bare[key] },
  });
  return {
    title: 'Racing clones',
    lines: [
      { ...line('`push` after each `register`, until it lands, mean', 'push'), target: 6, why: WHY },
      line('the whole race, `register` included', 'whole'),
    ],
  };
}

async function race(field: RaceField, racerOf: (field: RaceField, index: number) => Racer): Promise<RaceTimes> {
  const pushes: number[] = [];
  const run = async (racer: Racer): Promise<void> => {
    for (let entry = 0; entry < ENTRIES; entry += 1) {
      await racer.prepare(entry);
      const begin = performance.now();
      await racer.push();
      pushes.push(performance.now() - begin);
    }
  };
  const racers = field.clones.map((_, index) => racerOf(field, index));
  const begin = performance.now();
  await Promise.all(racers.map(run));
  const whole = performance.now() - begin;
  await racers[0]?.finish();
  assertArrived(field);
  return { push: pushes.reduce((sum, time) => sum + time, 0) / pushes.length, whole };
}

/** A race that loses something is fast. */
function assertArrived(field: RaceField): void {
  const entries = field.entries();
  if (entries !== CLONES * ENTRIES)
    throw new Error(`expected ${CLONES * ENTRIES} entries on the remote, got ${entries}`);
}
