/** The commit of an entry (format §4.4): a pure function of its content, so that a reader can recompute every byte. */
import { isSha256, type ObjectId, type Sha256 } from './digest.ts';
import { RegistryError } from './errors.ts';
import { decodeCommit, encodeCommit } from './git-object.ts';
import type { Manifest } from './manifest.ts';
import { isProfile, type Profile } from './profile.ts';

const IDENTITY = 'git-registry <git-registry@localhost>';

/** Seconds at which an entry without parents is dated; each further one in a line adds a second. */
const EPOCH = 1_000_000_000;

const COMMITTER = new RegExp(`^${IDENTITY} ([0-9]{10,15}) \\+0000$`);

/** Returns the depth of an entry: 0 without parents and inputs, else one more than the deepest of them. */
export function entryDepth(parentDepths: readonly number[]): number {
  return parentDepths.reduce((depth, parent) => Math.max(depth, parent + 1), 0);
}

/** What an entry commit is made from. */
export interface EntryCommit {
  readonly manifest: Manifest;
  readonly tree: ObjectId;
  /** Entry commits of the manifest's parents, then of its inputs. */
  readonly parents: readonly ObjectId[];
  readonly depth: number;
}

/** Returns the body of an entry commit. */
export function entryCommitBody({ manifest, tree, parents, depth }: EntryCommit): Uint8Array {
  const who = `${IDENTITY} ${EPOCH + depth} +0000`;
  return encodeCommit({ tree, parents, author: who, committer: who, message: entryMessage(manifest) });
}

function entryMessage({ profile, sha256, parents, inputs }: Manifest): string {
  const trailers = [
    `Registry-Sha256: ${sha256}`,
    ...parents.map((parent) => `Registry-Parent: ${parent}`),
    ...inputs.map((input) => `Registry-Input: ${input}`),
  ];
  return `registry ${profile} ${sha256}\n\n${trailers.join('\n')}\n`;
}

/** Returns the depth that an entry commit is dated with. Throws `corrupt-entry` where it is dated otherwise. */
export function depthOfEntryCommit(body: Uint8Array): number {
  const depth = Number(COMMITTER.exec(decodeCommit(body).committer)?.[1]) - EPOCH;
  if (depth >= 0) return depth;
  throw new RegistryError(
    'corrupt-entry',
    'entry commit: expected the time of format §4.4, got another committer line',
    {
      data: { reason: 'wrong-committer' },
    },
  );
}

/** What the message of an entry commit says. */
export interface EntryMessage {
  readonly profile: Profile;
  readonly sha256: Sha256;
  readonly parents: readonly Sha256[];
  readonly inputs: readonly Sha256[];
}

/** Reads the message of an entry commit; undefined where it is not exactly one of a profile that this program knows. */
export function parseEntryMessage(message: string): EntryMessage | undefined {
  const [title = '', empty, own = '', ...trailers] = message.split('\n');
  const [, profile, sha256] = /^registry ([^ ]+) ([^ ]+)$/.exec(title) ?? [];
  if (!isProfile(profile) || !isSha256(sha256)) return undefined;
  if (empty !== '' || own !== `Registry-Sha256: ${sha256}` || trailers.pop() !== '') return undefined;
  const count = trailers.filter((line) => line.startsWith('Registry-Parent: ')).length;
  const parents = readTrailers(trailers.slice(0, count), 'Registry-Parent: ');
  const inputs = readTrailers(trailers.slice(count), 'Registry-Input: ');
  return parents === undefined || inputs === undefined ? undefined : { profile, sha256, parents, inputs };
}

/** Returns the SHAs of trailers that are all of one name, else undefined. */
function readTrailers(lines: readonly string[], name: string): readonly Sha256[] | undefined {
  const shas = lines
    .filter((line) => line.startsWith(name))
    .map((line) => line.slice(name.length))
    .filter(isSha256);
  return shas.length === lines.length ? shas : undefined;
}
