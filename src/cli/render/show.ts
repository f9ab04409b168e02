/** One entry in full, as `git registry show` prints it. */
import { formatMetric, type Metric } from '../../domain/metrics.ts';
import type { ModelSignature, SignatureColumn } from '../../domain/model-signature.ts';
import type { TombstoneDescription } from '../../operations/describe-entry.ts';
import type { ShowResult } from '../../operations/show.ts';
import { describeActors, formatActor } from './actor.ts';
import { shortSha } from './entry-name.ts';
import { escapeControls } from './escape.ts';
import { type KeyValue, renderKeyValues } from './key-values.ts';
import { formatBytes, formatTime } from './quantity.ts';
import { paintStanding } from './standing.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

/** Numbers and parameters beyond so many are counted, not printed: a report can hold thousands. */
const MOST = 12;

const FILE_COLUMNS: readonly Column[] = [
  { title: 'FILE', least: 12 },
  { title: 'ROLE' },
  { title: 'SIZE', align: 'right' },
  { title: 'FORMAT' },
  { title: 'SHA-256', least: 13, look: (style, cell) => style.dim(cell) },
];

/** Returns blocks of lines: what it is and where it stands, what it was made of, its numbers, its files. */
export function renderShow(entry: ShowResult, style: Style, width: number): readonly string[] {
  const blocks = [
    renderKeyValues([...standing(entry, style), ...origin(entry), ...numbers(entry)], style),
    renderTable(FILE_COLUMNS, fileRows(entry), style, width),
  ];
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function standing(entry: ShowResult, style: Style): readonly KeyValue[] {
  const { tombstone, status } = entry;
  return [
    ['sha256', style.cyan(entry.sha256)],
    ['model', style.bold(entry.model)],
    ['versions', entry.versions.toReversed().join(', ') || undefined],
    ['number', String(entry.number)],
    ['stage', entry.stage === null ? undefined : `${paintStanding(style, entry.stage)}${sinceWhen(entry)}`],
    ['promoted', promotion(entry)],
    ['approved', entry.approvedBy.length === 0 ? undefined : `by ${entry.approvedBy.map(formatActor).join(', ')}`],
    ['status', `${status === 'ready' ? status : paintStanding(style, status)}${untilWhen(entry)}`],
    ['tombstone', tombstone === null ? undefined : burial(tombstone)],
    ['registered', registration(entry)],
    ['deployed', entry.deployments.map(deployment)],
    ['description', entry.description === null ? undefined : escapeControls(entry.description)],
    ['annotations', Object.entries(entry.annotations).map(([key, value]) => escapeControls(`${key}=${value}`))],
  ];
}

function stamp(at: string, what: string): string {
  return `${formatTime(at)} ${escapeControls(what)}`;
}

function sinceWhen({ stagedAt, stagedBy, stagedOnBehalfOf }: ShowResult): string {
  if (stagedAt === null || stagedBy === null) return '';
  return ` since ${stamp(stagedAt, `by ${describeActors(stagedBy, stagedOnBehalfOf, formatActor)}`)}`;
}

/** Who put it where it is stands beside the stage already. */
function promotion({ promotedAt, promotedBy, promotedOnBehalfOf, stagedAt }: ShowResult): string | undefined {
  if (promotedAt === null || promotedBy === null || promotedAt === stagedAt) return undefined;
  return stamp(promotedAt, `by ${describeActors(promotedBy, promotedOnBehalfOf, formatActor)}`);
}

function deployment({ endpoint, status, at, by, onBehalfOf, replaced }: ShowResult['deployments'][number]): string {
  const since = replaced ? ', replaced since' : '';
  return stamp(at, `${status} at ${endpoint}${since}, by ${describeActors(by, onBehalfOf, formatActor)}`);
}

function burial({ at, by, onBehalfOf, reason }: TombstoneDescription): string {
  return stamp(at, `by ${describeActors(by, onBehalfOf, formatActor)}: ${reason}`);
}

function untilWhen({ status, expires }: ShowResult): string {
  return status === 'pending' && expires !== null ? ` until ${formatTime(expires)}` : '';
}

function registration({ registeredAt, registeredBy, onBehalfOf, signed }: ShowResult): string {
  const actors = describeActors(registeredBy, onBehalfOf, formatActor);
  return stamp(registeredAt, `by ${actors}${signed === null ? '' : `, signed (${signed})`}`);
}

function origin({ profile, parents, inputs, training, runId, mlflow, signature }: ShowResult): readonly KeyValue[] {
  const text = (value: string | null): string | undefined => (value === null ? undefined : escapeControls(value));
  return [
    ['profile', profile],
    ['parents', parents.map(shortSha)],
    ['inputs', inputs.map(shortSha)],
    ['corpus', text(training.corpus)],
    ['tokenizer', text(training.tokenizer)],
    ['code', text(training.code)],
    ['seed', text(training.seed)],
    ['run', text(runId)],
    [
      'mlflow',
      mlflow === null ? undefined : Object.entries(mlflow).map(([key, value]) => escapeControls(`${key}=${value}`)),
    ],
    ['signature', signature === null ? undefined : signatureLines(signature)],
  ];
}

function signatureLines({ inputs, outputs, params }: ModelSignature): readonly string[] {
  const sides = [
    ['takes', inputs],
    ['gives', outputs],
    ['params', params],
  ] as const;
  return sides.flatMap(([side, columns]) =>
    columns.length === 0 ? [] : [escapeControls(`${side} ${columns.map(columnText).join(', ')}`)],
  );
}

function columnText({ name, type, required }: SignatureColumn): string {
  return `${name === null ? '' : `${name}: `}${type}${required ? '' : ' (optional)'}`;
}

function numbers(entry: ShowResult): readonly KeyValue[] {
  const params = Object.entries(entry.params).map(([key, value]) => `${key}=${value}`);
  const metrics = summaryFirst(entry.metrics);
  const widest = metrics.slice(0, MOST).reduce((width, { name }) => Math.max(width, name.length), 0);
  const lines = metrics.map(({ name, value }) => `${name.padEnd(widest)}  ${formatMetric(value)}`);
  return [
    ['params', firstOf(params, 'train_manifest.json')],
    ['metrics', firstOf(lines, 'eval_report.json')],
  ];
}

/** What sums up a report stands less deep in it than the details, and among fewer of its kind. */
function summaryFirst(metrics: readonly Metric[]): readonly Metric[] {
  const groupOf = ({ name }: Metric): string => name.slice(0, name.lastIndexOf('.') + 1);
  const sizes = new Map<string, number>();
  for (const metric of metrics) sizes.set(groupOf(metric), (sizes.get(groupOf(metric)) ?? 0) + 1);
  const ranked = metrics.map((metric) => ({
    metric,
    depth: metric.name.split('.').length,
    size: sizes.get(groupOf(metric)) ?? 0,
  }));
  return ranked.sort((a, b) => a.depth - b.depth || a.size - b.size).map(({ metric }) => metric);
}

function firstOf(lines: readonly string[], file: string): readonly string[] {
  const rest = lines.length - MOST;
  const shown = lines.slice(0, MOST).map(escapeControls);
  return rest <= 0 ? shown : [...shown, `and ${rest} more in ${file}`];
}

function fileRows({ files }: ShowResult): readonly (readonly string[])[] {
  return files.map(({ path, role, bytes, here, format, sha256 }) => [
    path,
    role,
    formatBytes(bytes),
    here ? (format ?? '-') : 'not here',
    sha256,
  ]);
}
