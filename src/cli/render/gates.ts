/** Gates: what they are, and how they judged. */
import { allVerdicts } from '../../domain/gate-report.ts';
import type { GateListResult } from '../../operations/gate-list.ts';
import type { GateReplayResult } from '../../operations/gate-replay.ts';
import type { GateRunResult } from '../../operations/gate-run.ts';
import { nameEntry, shortSha } from './entry-name.ts';
import { renderVerdicts } from './governed.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Returns the kinds of gates. */
export function renderGateList({ gates }: GateListResult, style: Style, width: number): readonly string[] {
  const columns = [
    { title: 'GATE', look: (look: Style, cell: string) => look.bold(cell) },
    { title: 'BASIS' },
    { title: 'ASKED FOR' },
    { title: 'WHAT IT ASKS', least: 24 },
  ];
  const rows = gates.map(({ gate, basis, asked, says }) => [gate, basis, asked.join(', ') || '-', says]);
  return renderTable(columns, rows, style, width);
}

/** Returns a run: how it came out, then each verdict. */
export function renderGateRun(result: GateRunResult, style: Style, width: number): readonly string[] {
  const { model, sha256, version, to, passed, report, event } = result;
  const verdicts = allVerdicts(report);
  const name = `${style.bold(model)} ${nameEntry(version, sha256)}`;
  const word = passed ? style.green('passes') : style.red('fails');
  if (verdicts.length === 0) return [`${name}: no gates ask for anything on the way to ${to}`];
  const kept = event === null ? [] : [`kept as event ${event}`];
  return [`${name} ${word} the gates of ${to}`, ...renderVerdicts(verdicts, style, width), ...kept];
}

/** Returns a replay: the same or not, and what differs. */
export function renderGateReplay(result: GateReplayResult, style: Style, width: number): readonly string[] {
  const { model, sha256, to, kind, event, same, stored, replayed, report, differing, skipped } = result;
  const digest = same ? stored.slice(0, 12) : `${stored.slice(0, 12)} then, ${replayed.slice(0, 12)} now`;
  const word = same ? style.green('same bytes') : style.red('other bytes');
  const changed = differing.flatMap(({ was, is }) => [was ?? [], is ?? []].flat());
  return [
    `${word}: ${kind} ${event} of ${model} ${shortSha(sha256)} to ${to}`,
    `  report ${digest}`,
    ...renderVerdicts(same ? report.verdicts : changed, style, width),
    ...(skipped === 0 ? [] : [`  not judged again: ${skipped} of the moment or of the command line`]),
  ];
}
