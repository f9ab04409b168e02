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
  { title: 'APPROVED BY', least: 6 },
  { title: 'REASON', least: 6 },
];

/** Returns one row a move, in the order given. Reasons and approvers have a column where there are any. */
export function renderMoves(moves: readonly HistoryMove[], style: Style, width: number): readonly string[] {
  const arrow = style.unicode ? '→' : '->';
  const shown = MOVE_COLUMNS.filter(({ title }) => {
    if (title === 'REASON') return moves.some(({ reason }) => reason !== null);
    return title !== 'APPROVED BY' || moves.some(({ approvedBy }) => approvedBy.length > 0);
  });
  const rows = moves.map((move) => {
    const cells = cellsOf(move, arrow);
    return shown.map(({ title }) => cells[title] ?? '');
  });
  return renderTable(shown, rows, style, width);
}

function cellsOf(move: HistoryMove, arrow: string): Readonly<Record<string, string>> {
  const { at, by, onBehalfOf, cause, sha256, version, from, to, replaced, replacedVersion, reason, emergency } = move;
  const nameOf = (entry: Sha256, named: Version | null): string => named ?? shortSha(entry);
  return {
    WHEN: formatTime(at),
    VERSION: nameOf(sha256, version),
    MOVE: from === null ? `${arrow} ${to}` : `${from} ${arrow} ${to}`,
    BECAUSE: emergency ? `${cause}, emergency` : cause,
    REPLACED: replaced === null ? '-' : nameOf(replaced, replacedVersion),
    BY: describeActors(by, onBehalfOf, nameActor),
    'APPROVED BY': move.approvedBy.map(nameActor).join(', '),
    REASON: reason ?? '',
  };
}
