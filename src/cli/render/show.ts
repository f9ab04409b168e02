/** One entry in full, as `git registry show` prints it. */
import { formatMetric } from '../../domain/metrics.ts';
import type { ShowResult } from '../../operations/show.ts';
import { describeActors, formatActor } from './actor.ts';
import { shortSha } from './entry-name.ts';
import { escapeControls } from './escape.ts';
import { type KeyValue, renderKeyValues } from './key-values.ts';
import { formatBytes, formatCount, formatTime } from './quantity.ts';
import { paintStanding, standingOf } from './standing.ts';
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
  const { stagedAt, stagedBy, tombstone, deployed } = entry;
  const stage = paintStanding(style, standingOf(entry));
  const since = entry.status === 'ready' && stagedAt !== null && stagedBy !== null ? ` since ${formatTime(stagedAt)} by ${formatActor(stagedBy)}` : '';
  const until = entry.status === 'pending' && entry.expires !== null ? ` until ${formatTime(entry.expires)}` : '';
  const verb = entry.status === 'ready' || entry.status === 'tombstoned' ? 'registered' : 'proposed';
  const actors = describeActors(entry.registeredBy, entry.onBehalfOf, formatActor);
  return [
    ['sha256', style.cyan(entry.sha256)],
    ['model', `${style.bold(entry.model)}  number ${entry.number}`],
    ['versions', entry.versions.toReversed().join(', ') || undefined],
    ['stage', escapeControls(`${stage}${since}${until}`)],
    ['status', entry.status],
    ['tombstone', tombstone === null ? undefined : escapeControls(`${formatTime(tombstone.at)} by ${formatActor(tombstone.by)}: ${tombstone.reason}`)],
    [verb, escapeControls(`${formatTime(entry.registeredAt)} by ${actors}`)],
    ['deployed', deployed === null ? undefined : escapeControls(`${formatTime(deployed.at)} at ${deployed.endpoint}: ${deployed.status}`)],
    ['description', entry.description === null ? undefined : escapeControls(entry.description)],
    ['annotations', Object.entries(entry.annotations).map(([key, value]) => escapeControls(`${key}=${value}`))],
  ];
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
    ['mlflow', mlflow === null ? undefined : Object.entries(mlflow).map(([key, value]) => escapeControls(`${key}=${value}`))],
    ['signature', signature === null ? undefined : signatureLines(signature)],
  ];
}

function signatureLines({ inputs, outputs, params }: NonNullable<ShowResult['signature']>): readonly string[] {
  const sides = [['inputs', inputs], ['outputs', outputs], ['params', params]] as const;
  return sides.flatMap(([side, columns]) => (columns.length === 0 ? [] : [escapeControls(`${side}: ${columns.join(', ')}`)]));
}

function numbers(entry: ShowResult): readonly KeyValue[] {
  // A report's summary stands less deep than its details.
  const metrics = [...entry.metrics].sort((a, b) => depthOf(a.name) - depthOf(b.name));
  const widest = metrics.slice(0, MOST).reduce((width, { name }) => Math.max(width, name.length), 0);
  return [
    ['params', firstOf(Object.entries(entry.params).map(([key, value]) => `${key}=${value}`), 'train_manifest.json')],
    ['metrics', firstOf(metrics.map(({ name, value }) => `${name.padEnd(widest)}  ${formatMetric(value)}`), 'eval_report.json')],
  ];
}

function depthOf(name: string): number {
  return name.split('.').length;
}

function firstOf(lines: readonly string[], file: string): readonly string[] {
  const rest = lines.length - MOST;
  const shown = lines.slice(0, MOST).map(escapeControls);
  return rest <= 0 ? shown : [...shown, `and ${rest} more in ${file}`];
}

function fileRows({ files }: ShowResult): readonly (readonly string[])[] {
  return files.map(({ path, role, bytes, format, store, sha256 }) => [path, role, formatBytes(bytes), format ?? (store === 'cache' ? 'not here' : '-'), sha256]);
}
