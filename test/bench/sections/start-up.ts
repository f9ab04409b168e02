/** What a command costs before it does anything, and `resolve`, which must cost no more in a registry of any size. */
import { measure, type Variant } from '../measure.ts';
import { emptyNodeArgv, registryArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { describeShape, middleModel, type RegistryShape, versionAt } from '../registry/shape.ts';
import { type ReportSection, ratioLine } from '../report-line.ts';

const WHY = {
  named: 'Beside the start of Node it compiles 22 KB and makes some twenty small reads, which wait on a busy machine.',
  default: 'As above, and it asks `git config`, for which Node loads its modules for processes.',
} as const;

const SHA = /^[0-9a-f]{64}\n$/;

/** Measures `--version` and `resolve` in each registry; all in one run, since they are compared with each other. */
export function measureStartUp(shapes: readonly RegistryShape[], rounds: number): ReportSection {
  const [first] = shapes;
  if (first === undefined) throw new Error('expected a registry');
  const cwd = cachedRegistry(first);
  const node: Variant = { id: 'node', cwd, argv: emptyNodeArgv() };
  const version: Variant = { id: '--version', cwd, argv: registryArgv('--version'), prints: /^git-registry \d/ };
  const times = measure([node, version, ...shapes.flatMap(resolveVariants)], rounds);
  const at = (shape: RegistryShape): string => describeShape(shape);
  return {
    title: 'Start-up and resolve',
    lines: [
      ratioLine(times, { what: '`--version`', size: '', subject: '--version', floor: ['node'], target: 1.25 }),
      ...shapes.flatMap((shape) => [
        ratioLine(times, {
          what: '`resolve MODEL@vX.Y.Z`',
          size: at(shape),
          subject: `named ${shape.name}`,
          floor: ['node'],
          target: 1.5,
          why: WHY.named,
        }),
        ratioLine(times, {
          what: '`resolve vX.Y.Z` (model from git config)',
          size: at(shape),
          subject: `default ${shape.name}`,
          floor: ['node'],
          target: 2,
          why: WHY.default,
        }),
      ]),
    ],
  };
}

function resolveVariants(shape: RegistryShape): readonly Variant[] {
  const cwd = cachedRegistry(shape);
  const model = middleModel(shape);
  const version = versionAt(Math.floor(shape.entriesPerModel / 2));
  return [
    { id: `named ${shape.name}`, cwd, argv: registryArgv('resolve', `${model}@${version}`), prints: SHA },
    { id: `default ${shape.name}`, cwd, argv: registryArgv('resolve', version), prints: SHA },
  ];
}
