/** The log as `git registry log` prints it: one line an event, newest first. */
import type { Sha256 } from '../../domain/digest.ts';
import type { RegistryEvent } from '../../domain/event.ts';
import type { LogRow } from '../../operations/log.ts';
import { describeActors, nameActor } from './actor.ts';
import { shortSha } from './entry-name.ts';
import { escapeControls } from './escape.ts';
import { formatTime } from './quantity.ts';
import type { Style } from './style.ts';
import { cutToWidth } from './width.ts';

/** Longest kind that is written: `tombstone`. */
const KIND_WIDTH = 9;

/** Names of SHAs as the log has given them so far. */
type Names = Map<Sha256, string>;

/** Returns the lines. The rows are those of `log`, oldest first; each model's come under its name where there are several. */
export function renderLog(rows: readonly LogRow[], style: Style, width: number): readonly string[] {
  const byModel = new Map<string, LogRow[]>();
  for (const row of rows) {
    const events = byModel.get(row.model);
    if (events === undefined) byModel.set(row.model, [row]);
    else events.push(row);
  }
  const blocks = [...byModel].map(([model, events]) => {
    const lines = renderModelLog(events, style, width);
    return byModel.size === 1 ? lines : [style.bold(model), ...lines];
  });
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function renderModelLog(rows: readonly LogRow[], style: Style, width: number): readonly string[] {
  const names: Names = new Map();
  const widest = String(rows.at(-1)?.seq ?? 0).length;
  const lines = rows.map((row) => {
    learnNames(row, names);
    const before = `${String(row.seq).padStart(widest)}  ${formatTime(row.event.at)}  `;
    const said = escapeControls(describeEvent(row, names, style.unicode));
    const text = cutToWidth(said, Math.max(20, width - before.length), style.unicode);
    return style.dim(before) + paintEvent(style, row, text);
  });
  return lines.reverse();
}

/** The verb stands out; what had no effect recedes. */
function paintEvent(style: Style, { event, ineffective }: LogRow, text: string): string {
  if (ineffective !== null) return style.dim(text);
  if (event.kind === 'unknown') return style.yellow(text);
  const verb = event.kind === 'tombstone' ? style.red(event.kind) : style.bold(event.kind);
  return verb + text.slice(event.kind.length);
}

/** From the event on that gave a version, the version stands for the SHA: it names it for ever. */
function learnNames({ event, ineffective }: LogRow, names: Names): void {
  if (ineffective !== null || (event.kind !== 'register' && event.kind !== 'promote')) return;
  if (event.version !== undefined) names.set(event.sha256, event.version);
}

function describeEvent({ event, ineffective }: LogRow, names: Names, unicode: boolean): string {
  const what =
    event.kind === 'unknown'
      ? `${event.named} (unknown ${event.why})`
      : `${event.kind.padEnd(KIND_WIDTH)} ${describeKnown(event, names, unicode)}`;
  const onBehalfOf = event.kind === 'unknown' ? null : (event.onBehalfOf ?? null);
  const remark = event.kind === 'unknown' ? undefined : remarkOf(event, nameOf);
  return [
    `${what.trimEnd()} by ${describeActors(event.by, onBehalfOf, nameActor)}`,
    ...(ineffective === null ? [] : [`without effect, ${ineffective}`]),
    ...(remark === undefined ? [] : [remark]),
  ].join(': ');
}

/** What the event did, in so few words that it fits a line. */
function describeKnown(event: RegistryEvent, names: Names, unicode: boolean): string {
  const nameOf = (sha256: Sha256): string => names.get(sha256) ?? shortSha(sha256);
  const arrow = unicode ? '→' : '->';
  switch (event.kind) {
    case 'create':
      return event.model;
    case 'register':
      return [event.version ?? [], shortSha(event.sha256), event.pending ? 'as candidate' : []].flat().join(' ');
    case 'promote':
      return `${event.version} ${shortSha(event.sha256)}`;
    case 'stage': {
      const cause = event.cause === undefined || event.cause === 'promote' ? '' : ` (${event.cause})`;
      return `${event.version ?? nameOf(event.sha256)} ${event.from ?? ''} ${arrow} ${event.to}${cause}`.replace(
        '  ',
        ' ',
      );
    }
    case 'annotate':
      return [event.sha256 === undefined ? 'model' : nameOf(event.sha256), ...changesOf(event)].join(' ');
    case 'approve':
    case 'reject':
    case 'gate':
      return `${nameOf(event.sha256)} for ${event.to}`;
    case 'deploy':
      return `${nameOf(event.sha256)} at ${event.endpoint}, ${event.status}`;
    case 'reproduce':
      return `${nameOf(event.sha256)}, ${event.result}`;
    case 'alias':
      return event.sha256 === null ? `${event.name} removed` : `${event.name} ${arrow} ${nameOf(event.sha256)}`;
    case 'tombstone':
    case 'expire':
      return nameOf(event.sha256);
    case 'rename':
      return `to ${event.to}`;
    case 'point':
      return event.source;
    case 'experiment':
      return event.op;
    case 'withdraw':
    case 'void':
      return event.event;
    case 'retire':
      return '';
  }
}

function changesOf({ set, unset }: Extract<RegistryEvent, { readonly kind: 'annotate' }>): readonly string[] {
  return [...Object.entries(set).map(([key, value]) => `${key}=${value}`), ...unset.map((key) => `-${key}`)];
}

/** Free text comes last: where a line must be cut, it goes first. */
function remarkOf(event: RegistryEvent): string | undefined {
  switch (event.kind) {
    case 'create':
    case 'register':
      return event.description;
    case 'stage':
    case 'tombstone':
    case 'void':
      return event.reason;
    case 'approve':
    case 'reject':
      return event.comment;
    default:
      return undefined;
  }
}
