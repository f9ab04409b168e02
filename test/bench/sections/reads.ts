/** Reading one entry, one model, one line of descent. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, peakMemory, type Variant } from '../measure.ts';
import { emptyNodeArgv, registryArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { CHAIN_LENGTH, describeShape, middleModel, type RegistryShape, versionAt } from '../registry/shape.ts';
import { gitText } from '../git-text.ts';
import { type ReportLine, type ReportSection, ratioLine } from '../report-line.ts';

/** MiB that a read command may hold. */
const MEMORY_LIMIT = 120;

/** Measures `show`, `list` and `lineage` of one registry, with and without the cached fold. */
export function measureReads(shape: RegistryShape, rounds: number): ReportSection {
  const cwd = cachedRegistry(shape);
  const model = middleModel(shape);
  const last = Math.min(shape.entriesPerModel, CHAIN_LENGTH) - 1;
  const spec = `${model}@${versionAt(last)}`;
  const versions = `refs/registry/semver/${model}`;
  const commit = gitText(cwd, ['rev-parse', `${versions}/${versionAt(last)}`]);
  const forgetFold = (): void => rmSync(join(cwd, '.git', 'registry', 'fold'), { recursive: true, force: true });
  const show: Variant = { id: 'show', cwd, argv: registryArgv('show', spec), prints: /accuracy/ };
  const list: Variant = { id: 'list', cwd, argv: registryArgv('list', model), prints: /accuracy=/ };
  const lineage: Variant = { id: 'lineage', cwd, argv: registryArgv('lineage', spec), prints: /epochs=3/ };
  const variants: readonly Variant[] = [
    { id: 'node', cwd, argv: emptyNodeArgv() },
    { id: 'cat-file', cwd, argv: ['git', 'cat-file', '-p', `${commit}:manifest.json`], prints: /"lm\/1"/ },
    { id: 'for-each-ref', cwd, argv: ['git', 'for-each-ref', versions], prints: /commit/ },
    { id: 'git log', cwd, argv: ['git', 'log', '--format=%H %P%n%B', commit], prints: /Registry-Sha256/ },
    show,
    list,
    lineage,
    { ...show, id: 'show cold', prepare: forgetFold },
    { ...list, id: 'list cold', prepare: forgetFold },
  ];
  const times = measure(variants, rounds);
  const size = describeShape(shape);
  const lines: ReportLine[] = [
    ratioLine(times, { what: '`show`', size, subject: 'show', floor: ['node', 'cat-file'], target: 3 }),
    ratioLine(times, { what: '`show`, no cached fold', size, subject: 'show cold', floor: ['node', 'cat-file'] }),
    ratioLine(times, { what: '`list MODEL`', size, subject: 'list', floor: ['node', 'for-each-ref'], target: 3 }),
    ratioLine(times, { what: '`list MODEL`, no cached fold', size, subject: 'list cold', floor: ['node', 'for-each-ref'] }),
  ];
  const depth = `\`lineage\`, depth ${(last + 1).toLocaleString('en')}`;
  lines.push(ratioLine(times, { what: depth, size, subject: 'lineage', floor: ['node', 'git log'], target: 3 }));
  for (const variant of [show, list, lineage]) {
    lines.push({ what: `memory of \`${variant.id}\``, size, value: peakMemory(variant), unit: 'MiB', target: MEMORY_LIMIT });
  }
  return { title: `Reads: ${size}`, lines };
}
