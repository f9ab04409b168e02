/** One entry of a lineage graph in words. */
import type { CodeReference, LineageNode, LineagePlace } from '../../operations/lineage.ts';
import { shortSha } from './entry-name.ts';
import { standingOf } from './standing.ts';

/** What the entry is called and where it stands, for each model that has it. */
export interface NamedPlace {
  /** `grammar-tutor@v1.1.0`, or the model alone where it has no version there. */
  readonly name: string;
  /** Further versions of the same entry, descending. */
  readonly also: readonly string[];
  readonly standing: string;
}

/** Returns the places of a node; none where no log here has it. */
export function namePlaces(node: LineageNode): readonly NamedPlace[] {
  return node.places.map((place) => {
    const [highest, ...also] = place.versions.toReversed();
    return {
      name: highest === undefined ? place.model : `${place.model}@${highest}`,
      also,
      standing: standingOf(place),
    };
  });
}

/** Returns the short lines by which graph formats label a node: names, SHA, stages. */
export function labelLines(node: LineageNode): readonly string[] {
  const places = namePlaces(node);
  const names = places.map(({ name, also }) => [name, ...also].join(', '));
  return [...names, shortSha(node.sha256), ...new Set(places.map(({ standing }) => standing))];
}

/** Tells whether every model that has the entry has given it a tombstone. */
export function isBuried(node: LineageNode): boolean {
  return node.places.length > 0 && node.places.every(({ status }) => status === 'tombstoned');
}

/** Returns what the entry was made of, as keys and values in one line each. */
export function originLines(node: LineageNode): readonly (readonly [key: string, value: string])[] {
  const { corpus, tokenizer, code, seed, hparams, environment, runId } = node;
  const pairs = Object.entries(hparams).map(([key, value]) => `${key}=${value}`);
  const lines: readonly (readonly [string, string | null])[] = [
    ['corpus', corpus],
    ['tokenizer', tokenizer],
    ['code', code === null ? null : codeLine(code)],
    ['seed', seed],
    ['hparams', pairs.length === 0 ? null : pairs.join(' ')],
    ['env', environment === null ? null : summarizeEnvironment(environment)],
    ['run', runId],
  ];
  return lines.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
}

/** Returns why an entry has tombstones. */
export function tombstoneLines(node: LineageNode): readonly (readonly [key: string, value: string])[] {
  const reasonOf = ({ model, tombstone }: LineagePlace): string =>
    node.places.length > 1 ? `${model}: ${tombstone}` : String(tombstone);
  return node.places
    .filter(({ tombstone }) => tombstone !== null)
    .map((place) => ['tombstone', reasonOf(place)] as const);
}

function codeLine({ commit, here, subject, date }: CodeReference): string {
  const short = commit.slice(0, 12);
  return here ? [short, date?.slice(0, 10), subject].filter(Boolean).join(' ') : `${short} not in this repository`;
}

/** Packages can be hundreds: what is a list or an object is counted. */
function summarizeEnvironment(json: string): string {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return json;
  return Object.entries(value)
    .map(([key, member]) => `${key}=${summarizeMember(member)}`)
    .join(' ');
}

function summarizeMember(member: unknown): string {
  if (typeof member !== 'object' || member === null) return String(member);
  return `(${Object.keys(member).length})`;
}
