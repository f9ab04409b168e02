/** Moves refs of a remote: one atomic push with a lease for every ref (format §7.1). */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { PushOutcome, RemoteTarget } from '../../ports/git-remote.ts';
import type { GitConfig } from '../git-config.ts';
import { cleanText } from '../git-failure.ts';
import type { GitResult } from '../git-runner.ts';
import { makePushFolder, type PushSource } from './push-folder.ts';
import { remoteFault } from './remote-fault.ts';

/** The user's habits of pushing (signing, tags, submodules, hooks) are not for registry refs. */
const PUSH = [
  ...['-c', 'push.gpgSign=false', '-c', 'push.followTags=false', '-c', 'push.recurseSubmodules=no'],
  ...['push', '--porcelain', '--atomic', '--no-verify', '--no-force-if-includes'],
];

/** What an argument list holds, in characters, with room to spare: all of Windows', or one that any other system has. */
const ARGUMENTS = process.platform === 'win32' ? 24_000 : 500_000;

/** Somebody else was faster; said by this git, or by the remote's. */
const RACED =
  /stale info|fetch first|non-fast-forward|already exists|needs force|failed to (?:update|lock) ref|failed to update|cannot lock ref|incorrect old value|transaction (?:failed|failure)|remote ref updated|unable to create/i;

/** A ref that is moved, by its name; `old` null: it must not be there; `next` null: it goes. */
export interface NamedUpdate {
  readonly ref: string;
  readonly old: ObjectId | null;
  readonly next: ObjectId | null;
}

/** Pushes all or nothing. Throws what `remoteFault` makes of a failure that names no ref. */
export async function pushRefs(
  source: PushSource,
  target: RemoteTarget,
  updates: readonly NamedUpdate[],
): Promise<PushOutcome> {
  if (updates.length === 0) return { kind: 'accepted' };
  const address = await pushAddress(source.config, target);
  const args = [...PUSH, ...updates.flatMap(leaseOf), '--', address, ...updates.flatMap(refspecOf)];
  const result = await runPush(source, args);
  if (result.exitCode === 0) return { kind: 'accepted' };
  const rejected = parseRejections(result.stdout.toString());
  // "atomic push failed" is what the others get when one ref is rejected.
  const causes = rejected.filter(({ reason }) => !/atomic push fail/i.test(reason));
  if (causes.length === 0) throw remoteFault(target.label, result);
  const refs = causes.map(({ ref }) => ref);
  if (causes.every(({ reason }) => RACED.test(reason))) return { kind: 'raced', refs };
  const said = cleanText(result.stderr)
    .split('\n')
    .filter((line) => line.startsWith('remote:'));
  const message = [...new Set(causes.map(({ reason }) => reason)), ...said].join('\n');
  return { kind: 'refused', refs, message: cleanText(message) };
}

async function runPush(source: PushSource, args: readonly string[]): Promise<GitResult> {
  const folder = await makePushFolder(source);
  try {
    return await folder.git.run(args);
  } finally {
    folder.remove();
  }
}

/** Parts updates by number, and by what the command line holds. */
export function batchesOf<T>(
  updates: readonly T[],
  nameOf: (update: T) => NamedUpdate,
  most: number,
): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let size = Infinity;
  for (const update of updates) {
    const length = [...leaseOf(nameOf(update)), ...refspecOf(nameOf(update))].join(' ').length + 16;
    const last = batches.at(-1);
    if (last === undefined || last.length >= most || size + length > ARGUMENTS) {
      batches.push([update]);
      size = length;
    } else {
      last.push(update);
      size += length;
    }
  }
  return batches;
}

/** A configured mirror refuses refspecs; by its URL it is a remote like any other. */
async function pushAddress(config: GitConfig, { name, address }: RemoteTarget): Promise<string> {
  if (address !== name || !(await config.isOn(`remote.${name}.mirror`))) return address;
  const url = (await config.find(`remote.${name}.pushurl`)) ?? (await config.find(`remote.${name}.url`));
  if (url === undefined)
    throw new RegistryError('no-remote', `remote ${name}: it has no URL`, { hint: 'git remote -v' });
  return url;
}

function leaseOf({ ref, old }: NamedUpdate): readonly string[] {
  return [`--force-with-lease=${ref}:${old ?? ''}`];
}

/** An update to what it holds already is sent too: so its lease is checked. */
function refspecOf({ ref, next }: NamedUpdate): readonly string[] {
  return [`${next ?? ''}:${ref}`];
}

interface Rejection {
  readonly ref: string;
  readonly reason: string;
}

/** `!\t<from>:<to>\t[remote rejected] (<reason>)`. */
function parseRejections(porcelain: string): readonly Rejection[] {
  return porcelain.split('\n').flatMap((line) => {
    const [flag, refs, summary] = line.split('\t');
    if (flag !== '!' || refs === undefined) return [];
    return [{ ref: refs.slice(refs.indexOf(':') + 1), reason: summary ?? '' }];
  });
}
