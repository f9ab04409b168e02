/** The entries of a model, in a table. */
import type { EntryRow } from '../../operations/list-entries.ts';
import { shortSha } from './entry-name.ts';
import { formatMetrics } from './metric.ts';
import { formatTime } from './quantity.ts';
import { paintStanding, standingOf } from './standing.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'VERSION', least: 12, look: (style, cell) => style.bold(cell) },
  { title: 'STAGE', look: paintStanding },
  { title: 'REGISTERED' },
  { title: 'KEY METRICS', least: 11 },
];

/** Returns one row an entry. An entry without a version is named by the first digits of its SHA. */
export function renderEntries(entries: readonly EntryRow[], style: Style, width: number): readonly string[] {
  const rows = entries.map((entry) => [
    entry.versions.length === 0 ? shortSha(entry.sha256) : entry.versions.toReversed().join(', '),
    standingOf(entry),
    formatTime(entry.registeredAt),
    entry.keyMetrics.length === 0 ? '-' : formatMetrics(entry.keyMetrics),
  ]);
  return renderTable(COLUMNS, rows, style, width);
}
