/** Reading one entry, one model, one line of descent. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gitText } from '../git-text.ts';
import { measure, peakMemory, type Variant } from '../measure.ts';
import { emptyNodeArgv, registryArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { CHAIN_LENGTH, describeShape, middleModel, type RegistryShape, versionAt } from '../registry/shape.ts';
import { type RatioRequest, type ReportLine, type ReportSection, ratioLine } from '../report-line.ts';

/** MiB that a read command may hold. */
const MEMORY_LIMIT = 120;

/** Why targets are missed where they are: said in the report beside the figure. */
const WHY = {
  show:
    'By CPU profile, half of what it takes over an empty script is loading: the program, though it was compiled before, and ' +
    'what Node has for processes, streams and digests; the rest is starting git and hearing from it.',
  list: 'As `show`; and which entries are the newest is known from one line of each entry of the model.',
  lineage:
    'It reads, hashes again, parses strictly and draws the train manifest of every ancestor, and collects the garbage of that; ' +
    '`git log` reads commits alone.',
  memory: 'All entries of the model are decoded.',
} as const;

/** Measures `show`, `list` and `lineage` of one registry, with and without the cached fold. */
export function measureReads(shape: RegistryShape, rounds: number): ReportSection {
  const depth = Math.min(shape.entriesPerModel, CHAIN_LENGTH);
  const own = ownVariants(shape, versionAt(depth - 1));
  const times = measure([...floorVariants(shape, versionAt(depth - 1)), ...own, ...own.slice(0, 2).map(cold)], rounds);
  const size = describeShape(shape);
  const line = (request: Omit<RatioRequest, 'size'>): ReportLine => ratioLine(times, { size, ...request });
  const [show, list, lineage] = [
    ['node', 'cat-file'],
    ['node', 'for-each-ref'],
    ['node', 'git log'],
  ] as const;
  const deep = `\`lineage\`, depth ${depth.toLocaleString('en')}`;
  return {
    title: `Reads: ${size}`,
    lines: [
      line({ what: '`show`', subject: 'show', floor: show, target: 3, why: WHY.show }),
      line({ what: '`show`, no cached fold', subject: 'show cold', floor: show }),
      line({ what: '`list MODEL`', subject: 'list', floor: list, target: 3, why: WHY.list }),
      line({ what: '`list MODEL`, no cached fold', subject: 'list cold', floor: list }),
      line({ what: deep, subject: 'lineage', floor: lineage, target: 3, why: WHY.lineage }),
      ...own.map((variant) => memoryLine(variant, size)),
    ],
  };
}

function ownVariants(shape: RegistryShape, version: string): readonly Variant[] {
  const [cwd, model] = [cachedRegistry(shape), middleModel(shape)];
  const spec = `${model}@${version}`;
  return [
    { id: 'show', cwd, argv: registryArgv('show', spec), prints: /accuracy/ },
    { id: 'list', cwd, argv: registryArgv('list', model), prints: /accuracy=/ },
    { id: 'lineage', cwd, argv: registryArgv('lineage', spec), prints: /epochs=3/ },
  ];
}

function floorVariants(shape: RegistryShape, version: string): readonly Variant[] {
  const cwd = cachedRegistry(shape);
  const versions = `refs/registry/semver/${middleModel(shape)}`;
  const commit = gitText(cwd, ['rev-parse', `${versions}/${version}`]);
  return [
    { id: 'node', cwd, argv: emptyNodeArgv() },
    { id: 'cat-file', cwd, argv: ['git', 'cat-file', '-p', `${commit}:manifest.json`], prints: /"lm\/1"/ },
    { id: 'for-each-ref', cwd, argv: ['git', 'for-each-ref', versions], prints: /commit/ },
    { id: 'git log', cwd, argv: ['git', 'log', '--format=%H %P%n%B', commit], prints: /Registry-Sha256/ },
  ];
}

/** The same without the cached fold; it leaves one behind, so that whoever comes next is warm again. */
function cold(variant: Variant): Variant {
  const fold = join(variant.cwd, '.git', 'registry', 'fold');
  return { ...variant, id: `${variant.id} cold`, prepare: () => rmSync(fold, { recursive: true, force: true }) };
}

function memoryLine(variant: Variant, size: string): ReportLine {
  const value = peakMemory(variant);
  return { what: `memory of \`${variant.id}\``, size, value, unit: 'MiB', target: MEMORY_LIMIT, why: WHY.memory };
}
