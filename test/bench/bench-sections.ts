/** What can be measured, by the name that `--only` takes, in the order of the page. */
import { DEEP, LARGE, type RegistryShape, SMALL, WIDE } from './registry/shape.ts';
import type { ReportSection } from './report-line.ts';

/** How much is measured. */
export interface BenchScale {
  readonly shapes: readonly RegistryShape[];
  /** Rounds of what is quick, and of what is slow. */
  readonly rounds: number;
  readonly slow: number;
  /** Size of the weights. */
  readonly mebibytes: number;
}

/** Everything. */
export const FULL: BenchScale = { shapes: [SMALL, DEEP, LARGE, WIDE], rounds: 11, slow: 5, mebibytes: 2048 };
/** What takes minutes; its figures are not published. */
export const QUICK: BenchScale = { shapes: [SMALL, DEEP], rounds: 5, slow: 3, mebibytes: 512 };

type Measured = Iterable<ReportSection> | AsyncIterable<ReportSection>;

/** Each loads its modules when it is measured. */
export const SECTIONS: Readonly<Record<string, (scale: BenchScale) => Promise<Measured>>> = {
  'start-up': async ({ shapes, rounds }) => {
    const { measureStartUp } = await import('./sections/start-up.ts');
    return [measureStartUp(shapes, rounds)];
  },
  reads: async ({ shapes, rounds }) => {
    const { measureReads } = await import('./sections/reads.ts');
    return each(shapes, (shape) => measureReads(shape, rounds));
  },
  register: async ({ shapes, rounds }) => {
    const { measureRegister } = await import('./sections/register.ts');
    return each(shapes, (shape) => measureRegister(shape, rounds));
  },
  manifests: async ({ shapes, slow }) => {
    const { measureManifests } = await import('./sections/manifests.ts');
    return each(shapes, (shape) => measureManifests(shape, slow));
  },
  weights: async ({ mebibytes, slow }) => {
    const { measureWeights } = await import('./sections/weights.ts');
    return [measureWeights(mebibytes, slow)];
  },
  upkeep: async () => {
    const { measureUpkeep } = await import('./sections/upkeep.ts');
    return [measureUpkeep()];
  },
  checks: async ({ shapes, rounds }) => {
    const { measureChecks } = await import('./sections/checks.ts');
    return [measureChecks(shapes, rounds)];
  },
  server: async ({ slow }) => {
    const { measureServer } = await import('./sections/server.ts');
    return [measureServer(slow)];
  },
  peek: async ({ shapes, slow }) => {
    const { measurePeeks } = await import('./sections/peek.ts');
    return measurePeeks(shapes, slow);
  },
  sync: async () => {
    const { measureSync } = await import('./sections/sync.ts');
    return [await measureSync()];
  },
  'first-push': async () => {
    const { measureFirstPush } = await import('./sections/first-push.ts');
    return [await measureFirstPush()];
  },
  race: async () => {
    const { measureRace } = await import('./sections/race.ts');
    return [await measureRace()];
  },
  'version-race': async () => {
    const { measureVersionRace } = await import('./sections/version-race.ts');
    return [await measureVersionRace()];
  },
  peers: async ({ mebibytes, slow }) => {
    const { measurePeers } = await import('./peers/measure-peers.ts');
    return measurePeers(mebibytes, slow);
  },
};

/** One section after another, so that each can be printed when it is measured. */
function* each(
  shapes: readonly RegistryShape[],
  measureOne: (shape: RegistryShape) => ReportSection,
): Generator<ReportSection> {
  for (const shape of shapes) yield measureOne(shape);
}
