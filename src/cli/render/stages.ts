/** Stages: who is in them, and who has been. */
import type { Sha256 } from '../../domain/digest.ts';
import type { Version } from '../../domain/version.ts';
import type { HistoryMove } from '../../operations/history.ts';
import type { StageRow } from '../../operations/stages.ts';
import { describeActors, nameActor } from './actor.ts';
import { shortSha } from './entry-name.ts';
import { formatTime } from './quantity.ts';
import { paintStanding } from './standing.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const STAGE_COLUMNS: readonly Column[] = [
  { title: 'STAGE', look: paintStanding },
  { title: 'VERSION', look: (style, cell) => style.bold(cell) },
  { title: 'SHA' },
  { title: 'SINCE' },
  { title: 'BY', least: 6 },
  { title: 'BEFORE' },
];

/** Returns one row a slot, low to high; `BEFORE` is whom a rollback would bring back. */
export function renderStages(stages: readonly StageRow[], style: Style, width: number): readonly string[] {
  const rows = stages.map(({ stage, sha256, version, since, by, onBehalfOf, former, formerVersion }) => [
    stage,
    version ?? '-',
    sha256 === null ? '-' : shortSha(sha256),
    since === null ? '-' : formatTime(since),
    by === null ? '-' : describeActors(by, onBehalfOf, nameActor),
    former === null ? '-' : (formerVersion ?? shortSha(former)),
  ]);
  return renderTable(STAGE_COLUMNS, rows, style, width);
}

const MOVE_COLUMNS: readonly Column[] = [
  { title: 'WHEN' },
  { title: 'VERSION', look: (style, cell) => style.bold(cell) },
  { title: 'MOVE' },
  { title: 'BECAUSE' },
  { title: 'REPLACED' },
  { title: 'BY', least: 6 },
  { title: 'REASON', least: 6 },
];

/** Returns one row a move, in the order given. The reasons have a column where there are any. */
export function renderMoves(moves: readonly HistoryMove[], style: Style, width: number): readonly string[] {
  const columns = moves.some(({ reason }) => reason !== null) ? MOVE_COLUMNS : MOVE_COLUMNS.slice(0, -1);
  const nameOf = (sha256: Sha256, version: Version | null): string => version ?? shortSha(sha256);
  const arrow = style.unicode ? '→' : '->';
  const rows = moves.map(
    ({ at, by, onBehalfOf, cause, sha256, version, from, to, replaced, replacedVersion, reason }) => [
      formatTime(at),
      nameOf(sha256, version),
      from === null ? `${arrow} ${to}` : `${from} ${arrow} ${to}`,
      cause,
      replaced === null ? '-' : nameOf(replaced, replacedVersion),
      describeActors(by, onBehalfOf, nameActor),
      reason ?? '',
    ],
  );
  return renderTable(columns, rows, style, width);
}
