/** Registering: what a training job waits for. */
import { cacheFolder } from '../cache-folder.ts';
import { gitText } from '../git-text.ts';
import { measure, type Variant } from '../measure.ts';
import { emptyNodeArgv, registryArgv } from '../programs.ts';
import { copyOfRegistry } from '../registry/cached-registry.ts';
import { describeShape, middleModel, type RegistryShape } from '../registry/shape.ts';
import { type ReportSection, ratioLine } from '../report-line.ts';
import { writeTinyBundle } from '../tiny-bundle.ts';

const WHY =
  'Five git processes instead of one (configuration, reads, objects, the refs, a look at what was pruned), and a dozen objects, ' +
  'files and refs flushed to disk where `update-ref` flushes nothing.';

/** Measures one `register` in a registry of that shape. */
export function measureRegister(shape: RegistryShape, rounds: number): ReportSection {
  const cwd = copyOfRegistry(shape);
  const bundle = cacheFolder('bundle');
  const model = middleModel(shape);
  const target = gitText(cwd, ['rev-parse', `refs/registry/log/${model}`]);
  const variants: readonly Variant[] = [
    { id: 'node', cwd, argv: emptyNodeArgv() },
    {
      id: 'update-ref',
      cwd,
      argv: ['git', 'update-ref', '--stdin'],
      input: (round) =>
        ['log', 'sha', 'semver'].map((kind) => `create refs/bench/${kind}/${round} ${target}\n`).join(''),
    },
    {
      id: 'register',
      cwd,
      prepare: (round) => writeTinyBundle(bundle, `${process.pid} ${round}`),
      argv: (round) => registryArgv('register', bundle, '--model', model, '--as', `v2.${round}.0`),
      prints: /v2\.0\.0/,
    },
  ];
  const times = measure(variants, rounds);
  const size = describeShape(shape);
  return {
    title: `Register: ${size}`,
    lines: [
      ratioLine(times, {
        what: '`register`, tiny weights',
        size,
        subject: 'register',
        floor: ['node', 'update-ref'],
        target: 4,
        why: WHY,
      }),
    ],
  };
}
