/** The log as `git registry log` prints it: one line an event, newest first. */
import type { Sha256 } from '../../domain/digest.ts';
import type { LogRow } from '../../operations/log.ts';
import { describeActors, nameActor } from './actor.ts';
import { escapeControls } from './escape.ts';
import { describeDeed, remarksOn, type Wording } from './event.ts';
import { formatTime } from './quantity.ts';
import type { Style } from './style.ts';
import { cutToWidth } from './width.ts';

/** Longest kind that is written: `tombstone`. */
const KIND_WIDTH = 9;
/** A line is not cut below this, however narrow the terminal. */
const LEAST_TEXT = 20;

/** Returns the lines. The rows are those of `log`, oldest first; each model's come under its name where there are several. */
export function renderLog(rows: readonly LogRow[], style: Style, width: number): readonly string[] {
  const groups = groupByModel(rows);
  const blocks = groups.map((events) => [
    ...(groups.length === 1 ? [] : [style.bold(events[0]?.model ?? '')]),
    ...renderModelLog(events, style, width),
  ]);
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

/** The rows of a model follow each other. */
function groupByModel(rows: readonly LogRow[]): readonly (readonly LogRow[])[] {
  const groups: LogRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last?.[0]?.model === row.model) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

function renderModelLog(rows: readonly LogRow[], style: Style, width: number): readonly string[] {
  const names = new Map<Sha256, string>();
  const wording: Wording = { names, arrow: style.unicode ? '→' : '->' };
  const widest = String(rows.at(-1)?.seq ?? 0).length;
  const lines = rows.map((row) => {
    learnName(row, names);
    const before = `${String(row.seq).padStart(widest)}  ${formatTime(row.event.at)}  `;
    const room = Math.max(LEAST_TEXT, width - before.length);
    const text = cutToWidth(escapeControls(describeRow(row, wording)), room, style.unicode);
    return style.dim(before) + paintRow(style, row, text);
  });
  return lines.reverse();
}

/** From the event on that gave a version, the version stands for the SHA: it names it for ever. */
function learnName({ event, ineffective }: LogRow, names: Map<Sha256, string>): void {
  if (ineffective !== null || (event.kind !== 'register' && event.kind !== 'promote')) return;
  if (event.version !== undefined) names.set(event.sha256, event.version);
}

function describeRow({ event, ineffective }: LogRow, wording: Wording): string {
  const effect = ineffective === null ? [] : [`without effect, ${ineffective}`];
  if (event.kind === 'unknown') {
    return [`${event.named} (unknown ${event.why}) by ${nameActor(event.by)}`, ...effect].join(': ');
  }
  const deed = `${event.kind.padEnd(KIND_WIDTH)} ${describeDeed(event, wording)}`.trimEnd();
  const actors = describeActors(event.by, event.onBehalfOf ?? null, nameActor);
  return [`${deed} by ${actors}`, ...effect, ...remarksOn(event, wording)].join(': ');
}

/** The kind stands out; what had no effect recedes. */
function paintRow(style: Style, { event, ineffective }: LogRow, text: string): string {
  if (ineffective !== null) return style.dim(text);
  if (event.kind === 'unknown') return style.yellow(text);
  const kind = event.kind === 'tombstone' ? style.red(event.kind) : style.bold(event.kind);
  return kind + text.slice(event.kind.length);
}
