/** The entries of a model, in a table. */
import { DEPLOY_STATUSES } from '../../domain/deployment.ts';
import type { EntryRow } from '../../operations/list-entries.ts';
import { shortSha } from './entry-name.ts';
import { formatMetrics } from './metric.ts';
import { formatTime } from './quantity.ts';
import { paintStanding, standingOf } from './standing.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const NAME_COLUMNS: readonly Column[] = [
  { title: 'VERSION', least: 12, look: (style, cell) => style.bold(cell) },
  { title: 'STAGE', look: paintStanding },
];

/** A column where anything was reported. */
const STATUS_COLUMN: Column = {
  title: 'STATUS',
  look: (style, cell) => (cell === '-' ? cell : paintStanding(style, cell)),
};

const OTHER_COLUMNS: readonly Column[] = [{ title: 'REGISTERED' }, { title: 'KEY METRICS', least: 11 }];

/** Statuses that somebody reported. */
const DEPLOYED: ReadonlySet<string> = new Set(DEPLOY_STATUSES);

/** Returns one row an entry. An entry without a version is named by the first digits of its SHA. */
export function renderEntries(entries: readonly EntryRow[], style: Style, width: number): readonly string[] {
  const isReported = entries.some(({ status }) => DEPLOYED.has(status));
  const rows = entries.map((entry) => [
    entry.versions.length === 0 ? shortSha(entry.sha256) : entry.versions.toReversed().join(', '),
    standingOf(entry),
    ...(isReported ? [DEPLOYED.has(entry.status) ? entry.status : '-'] : []),
    formatTime(entry.registeredAt),
    entry.keyMetrics.length === 0 ? '-' : formatMetrics(entry.keyMetrics),
  ]);
  const status = isReported ? [STATUS_COLUMN] : [];
  return renderTable([...NAME_COLUMNS, ...status, ...OTHER_COLUMNS], rows, style, width);
}
