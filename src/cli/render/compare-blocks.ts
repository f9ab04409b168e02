/** A comparison as titled tables and notes, before it becomes text or Markdown. */
import type { EvidenceDifference } from '../../domain/eval-evidence.ts';
import type { NoiseInterval } from '../../domain/metric-noise.ts';
import { formatMetric, formatSigned } from '../../domain/metrics.ts';
import type {
  ComparedEntry,
  CompareResult,
  Comparison,
  FileDifference,
  MetricComparison,
  TextDifference,
} from '../../operations/compare.ts';
import { shortSha } from './entry-name.ts';
import { formatBytes, formatCount } from './quantity.ts';

/** A table; its first column names the rows. Cells are raw text. */
export interface CompareTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Lines below it. */
  readonly notes: readonly string[];
}

/** What a comparison shows. */
export interface CompareBlocks {
  readonly title: string;
  /** The metrics first; then, each where something is to be said, training, parameters, configuration, environment, files. */
  readonly tables: readonly CompareTable[];
}

/** Where an entry has nothing. */
const NOTHING = '-';

/** Rows beyond so many fold those away that are the same everywhere and no key metrics. */
const MOST = 24;

/** Below so many samples a bootstrap is too sure of itself. */
const FEW = 20;

/** Names that a note lists at most. */
const MOST_NAMES = 5;

/** Lays a comparison out. `all`: nothing folds away. */
export function compareBlocks(result: CompareResult, all: boolean): CompareBlocks {
  const labels = result.entries.map((entry) => labelOf(entry, result.entries[0]));
  const names = labels.map((label) => label.replace(/^v(?=\d)/, ''));
  const tables = [
    metricTable(result, labels, all),
    textTable('Training', result.training, labels),
    textTable('Params', result.params, labels),
    textTable('Config', result.config, labels),
    textTable('Environment', result.environment, labels),
    fileTable(result.files, labels),
  ];
  return {
    title: `Comparing ${result.entries[0]?.model}: ${names.join(' vs ')}`,
    tables: tables.filter(({ rows, notes }) => rows.length > 0 || notes.length > 0),
  };
}

/** An entry of another model than the first says so. */
function labelOf({ model, version, sha256 }: ComparedEntry, first: ComparedEntry | undefined): string {
  const name = version ?? shortSha(sha256);
  return model === first?.model ? name : `${model}@${name}`;
}

function metricTable({ comparisons }: CompareResult, labels: readonly string[], all: boolean): CompareTable {
  const names = [...new Set(comparisons.flatMap(({ metrics }) => metrics.map(({ name }) => name)))];
  const byName = comparisons.map(({ metrics }) => new Map(metrics.map((metric) => [metric.name, metric])));
  const rows = names.map((name) => byName.map((metrics) => metrics.get(name)));
  const shown = rows.filter((row) => all || names.length <= MOST || row.some(isWorthShowing));
  const folded = rows.length - shown.length;
  return {
    columns: [
      'Metric',
      ...labels.flatMap((label, at) => [label, ...(at === 0 ? [] : deltaColumns(comparisons[at - 1]))]),
    ],
    rows: shown.map((row) => metricRow(row, comparisons)),
    notes: [
      ...(rows.length === 0 ? ['no entry has an eval report with numbers'] : []),
      ...(folded === 0 ? [] : [`${formatCount(folded, 'metric')} more, the same everywhere: --all`]),
      ...comparisons.flatMap((comparison, index) => {
        const about = comparisons.length > 1 ? `${labels[index + 1]}: ` : '';
        return [...evidenceNotes(comparison), ...noiseNotes(comparison)].map((note) => about + note);
      }),
    ],
  };
}

function isWorthShowing(metric: MetricComparison | undefined): boolean {
  return metric === undefined || metric.key || metric.change !== 'same';
}

/** The column of intervals is there where there is one. */
function deltaColumns(comparison: Comparison | undefined): readonly string[] {
  return comparison !== undefined && hasIntervals(comparison) ? ['Delta', '95% interval'] : ['Delta'];
}

function hasIntervals({ metrics }: Comparison): boolean {
  return metrics.some(({ noise }) => noise?.kind === 'interval');
}

function metricRow(
  row: readonly (MetricComparison | undefined)[],
  comparisons: readonly Comparison[],
): readonly string[] {
  const name = row.find((metric) => metric !== undefined)?.name ?? '';
  const a = row.find((metric) => metric !== undefined)?.a ?? null;
  const cells = row.flatMap((metric, at) => {
    const comparison = comparisons[at];
    const interval = comparison !== undefined && hasIntervals(comparison) ? [intervalCell(metric)] : [];
    return [numberCell(metric?.b ?? null), deltaCell(metric), ...interval];
  });
  return [name, numberCell(a), ...cells];
}

function numberCell(value: string | null): string {
  return value === null ? NOTHING : formatMetric(value);
}

function deltaCell(metric: MetricComparison | undefined): string {
  if (metric === undefined) return NOTHING;
  if (metric.change === 'gone' || metric.change === 'new') return metric.change;
  return metric.delta === null ? NOTHING : formatSigned(metric.delta);
}

function intervalCell(metric: MetricComparison | undefined): string {
  const noise = metric?.noise;
  if (noise?.kind !== 'interval') return '';
  return `${formatSigned(noise.low)} to ${formatSigned(noise.high)}${noise.withinNoise ? ', within noise' : ''}`;
}

function evidenceNotes({ evidence, metrics }: Comparison): readonly string[] {
  if (!metrics.some(({ a, b }) => a !== null && b !== null)) return [];
  switch (evidence.kind) {
    case 'same':
      return ['measured on the same evidence'];
    case 'unproven':
      return [`not proven to be measured alike: not both name ${listOf(evidence.parts)}`];
    case 'different':
      return evidence.differences.map((difference) => `not comparable: ${differenceText(difference)}`);
  }
}

/** Returns `a`, `a and b`, `a, b and c`. */
function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function someOf(names: readonly string[]): readonly string[] {
  if (names.length <= MOST_NAMES) return names;
  return [...names.slice(0, MOST_NAMES), `${names.length - MOST_NAMES} more`];
}

/** By which methods the intervals were made, and whose samples are not those of their metric. */
function noiseNotes({ metrics }: Comparison): readonly string[] {
  const methods = new Set(metrics.flatMap(({ noise }) => (noise?.kind === 'interval' ? [methodText(noise)] : [])));
  const unlike = metrics.filter(({ noise }) => noise?.kind === 'none' && noise.reason === 'unlike-metric');
  return [
    ...(methods.size === 0
      ? []
      : [`intervals: ${[...methods].join('; ')}; each for itself, not corrected for how many there are`]),
    ...(unlike.length === 0
      ? []
      : [`no interval: the data do not give the stated ${listOf(someOf(unlike.map(({ name }) => name)))}`]),
  ];
}

function methodText({ method, basis, n: [a, b] }: NoiseInterval): string {
  const few = basis === 'samples' && a < FEW ? ', too few for intervals that are wide enough' : '';
  return `${method} on ${a === b ? a : `${a} and ${b}`} ${basis === 'counts' ? 'trials' : basis}${few}`;
}

function differenceText({ part, digest, a, b }: EvidenceDifference): string {
  return `${part} differs: ${digest} ${a.slice(0, 12)}, ${b.slice(0, 12)}`;
}

function textTable(title: string, differences: readonly TextDifference[], labels: readonly string[]): CompareTable {
  const same = differences.filter(({ change }) => change === 'same').map(({ name }) => name);
  return {
    columns: [title, ...labels],
    rows: differences
      .filter(({ change }) => change !== 'same')
      .map(({ name, values }) => [name, ...values.map((value) => (value === null ? NOTHING : shortDigest(value)))]),
    notes: same.length === 0 ? [] : [`the same: ${same.join(', ')}`],
  };
}

/** Digests are compared by their first digits; `--json` has them in full. */
function shortDigest(text: string): string {
  return /^[0-9a-f]{32,64}(?:\.dir)?$/.test(text) ? text.slice(0, 12) : text;
}

function fileTable(files: readonly FileDifference[], labels: readonly string[]): CompareTable {
  const same = files.filter(({ change }) => change === 'same').map(({ path }) => path);
  return {
    columns: ['Files', ...labels],
    rows: files.filter(({ change }) => change !== 'same').map(fileRow),
    notes:
      same.length === 0 ? [] : [`the same: ${same.length > 5 ? formatCount(same.length, 'file') : same.join(', ')}`],
  };
}

function fileRow({ path, files }: FileDifference): readonly string[] {
  return [
    path,
    ...files.map((file) => (file === null ? NOTHING : `${shortSha(file.sha256)} ${formatBytes(file.bytes)}`)),
  ];
}
