/** Reading every manifest of a registry. */
import { measure, peakMemory, type Variant } from '../measure.ts';
import { taskArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { describeShape, type RegistryShape } from '../registry/shape.ts';
import { type ReportSection, ratioLine } from '../report-line.ts';

/** MiB that the reader may hold. */
const MEMORY_LIMIT = 250;

const WHY =
  'Every object is hashed again, and every manifest is checked against all rules of its format: both are what reading means ' +
  'here, and git does neither; in a small registry also the start of Node, which the pipeline does not have.';

/** What git alone takes to print them; none is looked at. */
const PIPELINE =
  "git for-each-ref --format='%(objectname):manifest.json' refs/registry/sha/ | git cat-file --batch --buffer";

/** Measures the object store's bulk read, manifests decoded, beside git's own. */
export function measureManifests(shape: RegistryShape, rounds: number): ReportSection {
  const cwd = cachedRegistry(shape);
  const entries = shape.models * shape.entriesPerModel;
  const ours: Variant = {
    id: 'manifests',
    cwd,
    argv: taskArgv('manifests', cwd),
    prints: new RegExp(`^${entries} manifests\n$`),
  };
  const git: Variant = {
    id: 'for-each-ref | cat-file',
    cwd,
    argv: ['sh', '-c', PIPELINE],
    prints: /"profile":"lm\/1"/,
  };
  const times = measure([git, ours], rounds);
  const size = describeShape(shape);
  const what = 'list, read and decode all manifests';
  return {
    title: `All manifests: ${size}`,
    lines: [
      ratioLine(times, { what, size, subject: ours.id, floor: [git.id], target: 2, why: WHY }),
      { what: 'memory of that', size, value: peakMemory(ours), unit: 'MiB', target: MEMORY_LIMIT },
    ],
  };
}
