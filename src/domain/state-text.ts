/**
 * A folded state as text, for the throw-away cache (format §6.4): a header, then sorted lines `<letter> <key> <text>`, so
 * that one entry or version is found by binary search without reading the rest. A state that continues another is told
 * by what changed since: an append costs what it changes, however long the log is.
 */
import type { ObjectId, Sha256 } from './digest.ts';
import { FOLD_VERSION, type FoldHeader, type FoldLetter, type FoldSection, type VersionLine } from './fold-header.ts';
import { LayeredMap } from './layered-map.ts';
import {
  type ApprovalState,
  type EntryState,
  type Ineffective,
  type ModelState,
  registeredSeq,
  type Stamp,
  type VersionState,
} from './state.ts';
import { type FoldLines, StoredMap } from './stored-map.ts';

/** A state and the tip that it is the fold of. */
interface TippedState {
  readonly tip: ObjectId;
  readonly state: ModelState;
}

type Line = readonly [letter: FoldLetter, key: string, text: string];
/** What is encoded: all of a state, or what changed in it. */
type Part = Pick<ModelState, 'entries' | 'versions' | 'approvals' | 'ids' | 'ineffective'>;

/** Stands for a stamp that equals `first`. */
const SAME_AS_FIRST = 'first';
const LETTERS: readonly FoldLetter[] = ['a', 'e', 'i', 'v', 'x'];

/** Encodes all of a state. */
export function encodeState({ tip, state }: TippedState): string {
  return encode(tip, null, state, linesOf(state, state));
}

/** Encodes what changed since the text that a state was decoded from; undefined where it was decoded from none. */
export function encodeChanges({ tip, state }: TippedState): string | undefined {
  const stored = storedLines(state);
  if (stored === undefined) return undefined;
  const { header } = stored;
  const part = {
    entries: changesOf(state.entries),
    versions: changesOf(state.versions),
    approvals: changesOf(state.approvals),
    ids: changesOf(state.ids),
    ineffective: state.ineffective.slice(header.sections.x.lines),
  };
  return encode(tip, header.tip, state, linesOf(state, part));
}

/** Yields the entries of a state, the one registered last first; of a cached one, no entry is decoded before its turn. */
export function* newestFirst({ entries }: ModelState): Generator<EntryState> {
  for (const { sha256 } of seqsOf(entries).sort((a, b) => b.seq - a.seq)) {
    const entry = entries.get(sha256);
    if (entry !== undefined) yield entry;
  }
}

interface EntrySeq {
  readonly sha256: Sha256;
  readonly seq: number;
}

function seqsOf(entries: ReadonlyMap<Sha256, EntryState>): EntrySeq[] {
  if (entries instanceof LayeredMap) {
    const changes: ReadonlyMap<Sha256, EntryState> = entries.changes;
    return [...seqsOf(entries.base).filter(({ sha256 }) => !changes.has(sha256)), ...seqsOf(changes)];
  }
  if (entries instanceof StoredMap) {
    const texts: ReadonlyMap<Sha256, string> = entries.texts();
    return [...texts].map(([sha256, text]) => ({ sha256, seq: Number.parseInt(text.slice(text.indexOf(' ')), 10) }));
  }
  return [...entries].map(([sha256, entry]) => ({ sha256, seq: registeredSeq(entry) }));
}

/** Returns the whole text that a state was decoded from, if any: what `encodeChanges` builds on. */
export function storedLines(state: ModelState): FoldLines | undefined {
  const base = state.entries instanceof LayeredMap ? state.entries.base : state.entries;
  return base instanceof StoredMap ? base.lines : undefined;
}

/** Decodes a state from all of it, and from what changed since, if there is any. */
export function decodeState(whole: FoldLines, changes?: FoldLines): TippedState {
  const { header } = changes ?? whole;
  const merged = <K extends string, V>(open: (lines: FoldLines) => StoredMap<K, V>): ReadonlyMap<K, V> => {
    const map = LayeredMap.over<K, V>(open(whole));
    for (const [key, value] of changes === undefined ? [] : open(changes)) map.set(key, value);
    return map;
  };
  const ineffective = [...whole.all('x'), ...(changes?.all('x') ?? [])];
  const state: ModelState = {
    ...header.state,
    entries: merged((lines) => new StoredMap(lines, 'e', decodeEntry, byNumber)),
    versions: merged((lines) => new StoredMap(lines, 'v', decodeVersion)),
    approvals: merged((lines) => new StoredMap(lines, 'a', decodeApproval)),
    ids: merged((lines) => new StoredMap(lines, 'i', Number)),
    slots: new Map(Object.entries(header.slots)),
    occupants: new Map(Object.entries(header.occupants)),
    aliases: new Map(Object.entries(header.aliases)),
    endpoints: new Map(header.endpoints),
    ineffective: ineffective.map(([, text]) => JSON.parse(text) as Ineffective),
  };
  return { tip: header.tip, state };
}

function changesOf<K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return map instanceof LayeredMap ? map.changes : new Map();
}

function linesOf(state: ModelState, { entries, versions, approvals, ids, ineffective }: Part): readonly Line[] {
  // What a version line says of a tombstone changes with the entry.
  const dead = [...entries.values()].filter(({ tombstone }) => tombstone !== undefined);
  const named = new Map([
    ...versions,
    ...dead.flatMap((entry) => entry.versions.map((version) => [version, state.versions.get(version)] as const)),
  ]);
  return [
    ...[...approvals].map(([id, approval]): Line => ['a', id, JSON.stringify(approval)]),
    ...[...entries].map(([sha256, entry]): Line => ['e', sha256, encodeEntry(entry)]),
    ...[...ids].map(([id, seq]): Line => ['i', id, String(seq)]),
    ...[...named].map(([version, given]): Line => ['v', version, JSON.stringify(versionLine(state, given))]),
    ...ineffective.map((event): Line => ['x', String(event.seq).padStart(12, '0'), JSON.stringify(event)]),
  ];
}

function encode(tip: ObjectId, on: ObjectId | null, state: ModelState, lines: readonly Line[]): string {
  const {
    entries: _e,
    versions: _v,
    slots,
    occupants,
    aliases,
    endpoints,
    approvals: _a,
    ids: _i,
    ineffective: _x,
    ...small
  } = state;
  let body = '';
  let start = 0;
  const sections = LETTERS.map((letter): readonly [FoldLetter, FoldSection] => {
    const texts = lines.filter(([of]) => of === letter).map(([, key, text]) => `${letter} ${key} ${text}\n`);
    const text = texts.sort(byCodeUnit).join('');
    const section = { lines: texts.length, start, bytes: new TextEncoder().encode(text).length };
    start += section.bytes;
    body += text;
    return [letter, section];
  });
  const header: FoldHeader = {
    fold: FOLD_VERSION,
    tip,
    on,
    bytes: start,
    // SAFETY: one pair for each letter.
    sections: Object.fromEntries(sections) as FoldHeader['sections'],
    slots: Object.fromEntries(slots),
    state: small,
    occupants: Object.fromEntries(occupants),
    aliases: Object.fromEntries(aliases),
    endpoints: [...endpoints],
  };
  return `${JSON.stringify(header)}\n${body}`;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function versionLine(state: ModelState, named: VersionState | undefined): VersionLine | undefined {
  const isDead = named !== undefined && state.entries.get(named.sha256)?.tombstone !== undefined;
  return isDead ? { ...named, tombstoned: true } : named;
}

/**
 * Number, `registeredSeq` and JSON: orders are known without decoding. Most entries are registered by their first event: that stamp, a third of the text, is then said once.
 */
function encodeEntry(entry: EntryState): string {
  const isSame = entry.registered?.event === entry.first.event;
  const json = JSON.stringify(isSame ? { ...entry, registered: SAME_AS_FIRST } : entry);
  return `${entry.number} ${registeredSeq(entry)} ${json}`;
}

function decodeEntry(text: string): EntryState {
  const entry = JSON.parse(text.slice(text.indexOf('{'))) as Omit<EntryState, 'registered'> & {
    readonly registered?: Stamp | typeof SAME_AS_FIRST;
  };
  const { registered, ...rest } = entry;
  return registered === undefined
    ? rest
    : { ...rest, registered: registered === SAME_AS_FIRST ? entry.first : registered };
}

function decodeVersion(text: string): VersionState {
  const { sha256, given } = JSON.parse(text) as VersionLine;
  return { sha256, given };
}

function decodeApproval(text: string): ApprovalState {
  return JSON.parse(text) as ApprovalState;
}

/** Entries in the order of their first effective events. */
function byNumber(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10);
}
