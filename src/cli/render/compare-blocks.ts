/** A comparison as titled tables and notes, before it becomes text or Markdown. */
import type { EvidenceDifference } from '../../domain/eval-evidence.ts';
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
    columns: ['Metric', ...labels.flatMap((label, index) => (index < 1 ? [label] : [label, 'Delta']))],
    rows: shown.map(metricRow),
    notes: [
      ...(rows.length === 0 ? ['no entry has an eval report with numbers'] : []),
      ...(folded === 0 ? [] : [`${formatCount(folded, 'metric')} more, the same everywhere: --all`]),
      ...comparisons.flatMap((comparison, index) => evidenceNotes(comparison, labels[index + 1], comparisons.length)),
    ],
  };
}

function isWorthShowing(metric: MetricComparison | undefined): boolean {
  return metric === undefined || metric.key || metric.change !== 'same';
}

function metricRow(row: readonly (MetricComparison | undefined)[]): readonly string[] {
  const name = row.find((metric) => metric !== undefined)?.name ?? '';
  const a = row.find((metric) => metric !== undefined)?.a ?? null;
  const cells = row.flatMap((metric) => [numberCell(metric?.b ?? null), deltaCell(metric)]);
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

/** Which of several comparisons a note is about is said where there are several. */
function evidenceNotes({ evidence, metrics }: Comparison, label: string | undefined, of: number): readonly string[] {
  if (!metrics.some(({ a, b }) => a !== null && b !== null)) return [];
  const about = of > 1 ? `${label}: ` : '';
  switch (evidence.kind) {
    case 'same':
      return [`${about}measured on the same evidence`];
    case 'unproven':
      return [`${about}not proven to be measured alike: not both name ${listOf(evidence.parts)}`];
    case 'different':
      return evidence.differences.map((difference) => `${about}not comparable: ${differenceText(difference)}`);
  }
}

/** Returns `a`, `a and b`, `a, b and c`. */
function listOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
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
