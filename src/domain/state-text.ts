/**
 * A folded state as text, for the throw-away cache (format §6.4): a header, then sorted lines `<letter> <key> <JSON>`, so
 * that one version is found by binary search without reading the rest, and an entry is decoded when it is asked for.
 */
import type { ObjectId, Sha256 } from './digest.ts';
import { decodeHeader, FOLD_VERSION, type FoldHeader, type VersionLine } from './fold-header.ts';
import { LazyMap } from './lazy-map.ts';
import type { ApprovalState, EntryState, Ineffective, ModelState, Stamp, VersionState } from './state.ts';
import { decodeUtf8Loosely } from './utf8.ts';
import type { Version } from './version.ts';
import { latestRelease } from './version-order.ts';

const LINE_FEED = 0x0a;
/** Stands for a stamp that equals `first`. */
const SAME_AS_FIRST = 'first';

/** Encodes a state. */
export function encodeState(tip: ObjectId, state: ModelState): string {
  const { entries, versions, slots, occupants, aliases, approvals, ids, ineffective, ...small } = state;
  const lines = [
    ...[...approvals].map(([id, approval]) => `a ${id} ${JSON.stringify(approval)}`),
    ...[...entries].map(([sha256, entry]) => `e ${sha256} ${entry.number} ${encodeEntry(entry)}`),
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

/** Most entries are registered by their first event: that stamp, a third of the text, is then said once. */
function encodeEntry(entry: EntryState): string {
  const isSame = entry.registered?.event === entry.first.event;
  return JSON.stringify(isSame ? { ...entry, registered: SAME_AS_FIRST } : entry);
}

function decodeEntry(json: string): EntryState {
  const entry = JSON.parse(json) as Omit<EntryState, 'registered'> & {
    readonly registered?: Stamp | typeof SAME_AS_FIRST;
  };
  const { registered, ...rest } = entry;
  return registered === undefined
    ? rest
    : { ...rest, registered: registered === SAME_AS_FIRST ? entry.first : registered };
}

/** Decodes a state; undefined when the bytes are torn or of another fold version. */
export function decodeState(bytes: Uint8Array): { readonly tip: ObjectId; readonly state: ModelState } | undefined {
  const end = bytes.indexOf(LINE_FEED);
  const header = end < 0 ? undefined : decodeHeader(decodeUtf8Loosely(bytes.subarray(0, end)));
  if (header === undefined || bytes.length - end - 1 !== header.bytes) return undefined;
  const lines = splitLines(decodeUtf8Loosely(bytes.subarray(end + 1)));
  const state: ModelState = {
    ...header.state,
    entries: new LazyMap(inOrder(lines.e), decodeEntry),
    versions: new LazyMap(lines.v, (json) => versionOf(JSON.parse(json) as VersionLine)),
    slots: new Map(Object.entries(header.slots)),
    occupants: new Map(Object.entries(header.occupants)),
    aliases: new Map(Object.entries(header.aliases)),
    approvals: new Map(lines.a.map(([id, json]) => [id, JSON.parse(json) as ApprovalState])),
    ids: new Set(lines.i),
    ineffective: lines.x.map(([, json]) => JSON.parse(json) as Ineffective),
  };
  return { tip: header.tip, state };
}

/** The lines of a body, by their letter: key and JSON. */
interface Lines {
  readonly a: (readonly [string, string])[];
  readonly e: (readonly [Sha256, string])[];
  readonly i: string[];
  readonly v: (readonly [Version, string])[];
  readonly x: (readonly [string, string])[];
}

function splitLines(body: string): Lines {
  const lines: Lines = { a: [], e: [], i: [], v: [], x: [] };
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf('\n', start);
    const letter = body[start];
    if (letter === 'i') {
      lines.i.push(body.slice(start + 2, end));
    } else {
      const space = body.indexOf(' ', start + 2);
      const [key, json] = [body.slice(start + 2, space), body.slice(space + 1, end)];
      if (letter === 'e') lines.e.push([key as Sha256, json]);
      else if (letter === 'v') lines.v.push([key as Version, json]);
      else if (letter === 'a') lines.a.push([key, json]);
      else if (letter === 'x') lines.x.push([key, json]);
    }
    start = end + 1;
  }
  return lines;
}

/** Entries by number, which stands before their JSON: the order of their first effective events. */
function inOrder(entries: readonly (readonly [Sha256, string])[]): (readonly [Sha256, string])[] {
  const numbered = entries.map(([sha256, text]) => {
    const space = text.indexOf(' ');
    return { number: Number(text.slice(0, space)), entry: [sha256, text.slice(space + 1)] as const };
  });
  return numbered.sort((a, b) => a.number - b.number).map(({ entry }) => entry);
}

function versionOf(line: VersionLine): VersionState {
  return { sha256: line.sha256, given: line.given };
}
