/** Moves refs of a remote: one atomic push with a lease for every ref (format §7.1). */
import { RegistryError } from '../../domain/errors.ts';
import type { HeldCommits, PushOutcome, RemoteTarget } from '../../ports/git-remote.ts';
import { cleanText } from '../git-failure.ts';
import type { GitResult } from '../git-runner.ts';
import { PUSHED_REFSPEC } from '../ref-names.ts';
import type { RealRepository } from './incoming-folder.ts';
import { findPushDestinations } from './push-destinations.ts';
import { makePushFolder, type NamedUpdate, type RemoteSetting } from './push-folder.ts';
import { remoteFault } from './remote-fault.ts';

/** The user's habits of pushing (signing, tags, submodules, hooks) are not for registry refs. */
const PUSH = [
  ...['-c', 'push.gpgSign=false', '-c', 'push.followTags=false', '-c', 'push.recurseSubmodules=no'],
  ...['push', '--porcelain', '--atomic', '--no-verify', '--force-with-lease', '--no-force-if-includes', '--'],
];

/** What an argument list holds, in characters, with room to spare: all of Windows', or one that any other system has. */
const ARGUMENTS = process.platform === 'win32' ? 24_000 : 500_000;

/** Somebody else was faster; said by this git, or by the remote's. */
const RACED =
  /stale info|fetch first|non-fast-forward|already exists|needs force|failed to (?:update|lock) ref|failed to update|cannot lock ref|incorrect old value|transaction (?:failed|failure)|remote ref updated|unable to create/i;

const NONE: HeldCommits = new Map();

/** What git says of a ref where the remote has not what it was thought to have. */
const LACKING = /missing|unpack|unresolved|index-pack/i;

/** Pushes all or nothing. Throws what `remoteFault` makes of a failure that names no ref. */
export async function pushRefs(
  real: RealRepository,
  target: RemoteTarget,
  updates: readonly NamedUpdate[],
  held: HeldCommits = NONE,
): Promise<PushOutcome> {
  if (updates.length === 0) return { kind: 'accepted' };
  for (const { settings, isListed } of await findPushDestinations(real.config, target)) {
    const push = async (known: HeldCommits): Promise<PushOutcome> =>
      judge(target, updates, await runPush(real, settings, updates, known));
    const known = isListed ? held : NONE;
    const outcome = await push(known);
    const last = known.size > 0 && isLacking(outcome) ? await push(NONE) : outcome;
    if (last.kind !== 'accepted') return last;
  }
  return { kind: 'accepted' };
}

/** What a hook of the remote says comes behind, and may be of anything that is missing. */
function isLacking(outcome: PushOutcome): boolean {
  return (
    outcome.kind === 'refused' &&
    outcome.message.split('\n').some((line) => !line.startsWith('remote:') && LACKING.test(line))
  );
}

async function runPush(
  real: RealRepository,
  destination: readonly RemoteSetting[],
  updates: readonly NamedUpdate[],
  held: HeldCommits,
): Promise<GitResult> {
  const folder = await makePushFolder(real, destination, updates, held);
  const pattern = updates.some(({ next }) => next !== null) ? [PUSHED_REFSPEC] : [];
  try {
    return await folder.git.run([...PUSH, folder.remote, ...pattern, ...updates.flatMap(deletionOf)]);
  } finally {
    folder.remove();
  }
}

function judge({ label }: RemoteTarget, updates: readonly NamedUpdate[], result: GitResult): PushOutcome {
  const answers = parseAnswers(result.stdout.toString());
  if (result.exitCode === 0) {
    const answered = new Set(answers.map(({ ref }) => ref));
    const left = updates.find(({ ref }) => !answered.has(ref));
    if (left === undefined) return { kind: 'accepted' };
    // A name that git finds ill-formed is in no pattern.
    throw new RegistryError('remote-failed', `remote ${label}: git left out ${left.ref}`, { data: { remote: label } });
  }
  // "atomic push failed" is what the others get when one ref is rejected.
  const causes = answers.filter(({ flag, reason }) => flag === '!' && !/atomic push fail/i.test(reason));
  if (causes.length === 0) throw remoteFault(label, result);
  const refs = causes.map(({ ref }) => ref);
  if (causes.every(({ reason }) => RACED.test(reason))) return { kind: 'raced', refs };
  const said = cleanText(result.stderr)
    .split('\n')
    .filter((line) => line.startsWith('remote:'));
  const message = [...new Set(causes.map(({ reason }) => reason)), ...said].join('\n');
  return { kind: 'refused', refs, message: cleanText(message) };
}

/**
 * Parts updates by number, and by what a command line holds: ours has deletions alone, but over HTTP git hands its helper
 * every lease as an argument.
 */
export function batchesOf<T>(
  updates: readonly T[],
  nameOf: (update: T) => NamedUpdate,
  most: number,
): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let size = Infinity;
  for (const update of updates) {
    const length = argumentsOf(nameOf(update)).join(' ').length + 16;
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

function argumentsOf(update: NamedUpdate): readonly string[] {
  return [`--force-with-lease=${update.ref}:${update.old ?? ''}`, ...deletionOf(update)];
}

/** What goes is named one by one. */
function deletionOf({ ref, next }: NamedUpdate): readonly string[] {
  return next === null ? [`:${ref}`] : [];
}

interface Answer {
  /** ` ` moved, `+` moved by force, `*` made, `-` removed, `=` as it was, `!` rejected. */
  readonly flag: string;
  readonly ref: string;
  readonly reason: string;
}

/** `!\t<from>:<to>\t[remote rejected] (<reason>)`. */
function parseAnswers(porcelain: string): readonly Answer[] {
  return porcelain.split('\n').flatMap((line) => {
    const [flag = '', refs, summary] = line.split('\t');
    if (!/^[ +*=!-]$/.test(flag) || refs === undefined) return [];
    return [{ flag, ref: refs.slice(refs.indexOf(':') + 1), reason: summary ?? '' }];
  });
}
