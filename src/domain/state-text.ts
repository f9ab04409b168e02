/**
 * A folded state as text, for the throw-away cache (format §6.4): a header, then sorted lines `<letter> <key> <JSON>`, so
 * that one version or entry is found by binary search without reading the rest.
 */
import type { ObjectId } from './digest.ts';
import { decodeHeader, FOLD_VERSION, type FoldHeader, type VersionLine } from './fold-header.ts';
import type { ApprovalState, EntryState, Ineffective, ModelState, VersionState } from './state.ts';
import type { Version } from './version.ts';
import { latestRelease } from './version-order.ts';

/** Encodes a state. */
export function encodeState(tip: ObjectId, state: ModelState): string {
  const { entries, versions, slots, occupants, aliases, approvals, ids, ineffective, ...small } = state;
  const lines = [
    ...[...approvals].map(([id, approval]) => `a ${id} ${JSON.stringify(approval)}`),
    ...[...entries].map(([sha256, entry]) => `e ${sha256} ${JSON.stringify(entry)}`),
    ...[...ids].map((id) => `i ${id}`),
    ...[...versions].map(([version, named]) => `v ${version} ${JSON.stringify(versionLine(state, named))}`),
    ...ineffective.map((event) => `x ${String(event.seq).padStart(12, '0')} ${JSON.stringify(event)}`),
  ].sort(byCodeUnit);
  const body = lines.map((line) => `${line}\n`).join('');
  const usable = [...versions].filter(([, { sha256 }]) => entries.get(sha256)?.tombstone === undefined);
  const header: FoldHeader = {
    fold: FOLD_VERSION,
    tip,
    bytes: new TextEncoder().encode(body).length,
    latest: latestRelease(usable.map(([version]) => version)) ?? null,
    slots: Object.fromEntries(slots),
    state: small,
    occupants: Object.fromEntries(occupants),
    aliases: Object.fromEntries(aliases),
  };
  return `${JSON.stringify(header)}\n${body}`;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function versionLine(state: ModelState, named: VersionState): VersionLine {
  return state.entries.get(named.sha256)?.tombstone === undefined ? named : { ...named, tombstoned: true };
}

/** Decodes a state; undefined when the text is torn or of another fold version. */
export function decodeState(text: string): { readonly tip: ObjectId; readonly state: ModelState } | undefined {
  const end = text.indexOf('\n');
  const header = end < 0 ? undefined : decodeHeader(text.slice(0, end));
  if (header === undefined || new TextEncoder().encode(text.slice(end + 1)).length !== header.bytes) return undefined;
  const approvals = new Map<string, ApprovalState>();
  const entries: EntryState[] = [];
  const ids = new Set<string>();
  const versions = new Map<Version, VersionState>();
  const ineffective: Ineffective[] = [];
  for (const line of text.slice(end + 1).split('\n')) {
    const space = line.indexOf(' ', 2);
    const json = line.slice(space + 1);
    if (line.startsWith('e')) entries.push(JSON.parse(json) as EntryState);
    else if (line.startsWith('i')) ids.add(line.slice(2));
    else if (line.startsWith('v'))
      versions.set(line.slice(2, space) as Version, versionOf(JSON.parse(json) as VersionLine));
    else if (line.startsWith('a')) approvals.set(line.slice(2, space), JSON.parse(json) as ApprovalState);
    else if (line.startsWith('x')) ineffective.push(JSON.parse(json) as Ineffective);
  }
  entries.sort((a, b) => a.number - b.number);
  const state: ModelState = {
    ...header.state,
    entries: new Map(entries.map((entry) => [entry.sha256, entry])),
    versions,
    slots: new Map(Object.entries(header.slots)),
    occupants: new Map(Object.entries(header.occupants)),
    aliases: new Map(Object.entries(header.aliases)),
    approvals,
    ids,
    ineffective,
  };
  return { tip: header.tip, state };
}

function versionOf(line: VersionLine): VersionState {
  return { sha256: line.sha256, given: line.given };
}
