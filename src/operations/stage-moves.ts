/** What the verbs that move entries between stages share: finding the entry at the tip, refusing what cannot move. */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Actor, LoggedEvent, StageName } from '../domain/event.ts';
import type { ModelName } from '../domain/model-name.ts';
import { type EntryState, type ModelState, stageOf } from '../domain/state.ts';
import { highestVersion } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import type { Governed } from './gates/govern-move.ts';

/** How a stage move ended. */
export interface MoveResult {
  readonly model: ModelName;
  readonly sha256: Sha256;
  readonly version: Version | null;
  readonly versions: readonly Version[];
  /** The stage it is in now. */
  readonly stage: StageName | null;
  /** The stage it was in before. */
  readonly from: StageName | null;
  /** The entry that it replaced in its slot. */
  readonly replaced: Sha256 | null;
  /** The highest version of the entry that it replaced. */
  readonly replacedVersion: Version | null;
  /** It got `version` just now. */
  readonly versionGiven: boolean;
  /** False when nothing was to do. */
  readonly changed: boolean;
  readonly dryRun: boolean;
  /** Why the version is what it is, after `--bump`. */
  readonly reason?: string;
  /** How policy decided; undefined for a move that nothing has to permit. */
  readonly governed?: Governed;
  /** The event that moved it; absent where none was written. */
  readonly event?: LoggedEvent;
}

/** Options of every mutating verb. */
export interface MutationOptions {
  readonly onBehalfOf?: Actor;
  readonly dryRun?: boolean;
}

/** Returns the entry as it stands at the tip, when it may be moved. Throws `tombstoned`, `not-registered`. */
export function getMovable(state: ModelState, sha256: Sha256): EntryState {
  const entry = state.entries.get(sha256);
  if (entry === undefined) {
    throw new RegistryError('not-registered', `${sha256.slice(0, 12)}: not in ${state.model}`, {
      data: { sha256, model: state.model },
    });
  }
  if (entry.tombstone !== undefined) {
    throw new RegistryError(
      'tombstoned',
      `${sha256.slice(0, 12)} of ${state.model} has a tombstone: ${entry.tombstone.reason}`,
      {
        data: { sha256, model: state.model, reason: entry.tombstone.reason },
      },
    );
  }
  return entry;
}

/** Refuses a candidate where a registered entry is needed. Throws `not-registered`, with the command that mends it. */
export function refuseCandidate(state: ModelState, entry: EntryState): void {
  if (entry.status === 'registered') return;
  throw new RegistryError(
    'not-registered',
    `${entry.sha256.slice(0, 12)} of ${state.model} is a candidate: it needs a version first`,
    {
      data: { sha256: entry.sha256, model: state.model, status: entry.status },
      hint: `git registry promote ${state.model}@${entry.sha256.slice(0, 12)} --bump patch`,
    },
  );
}

/** Describes a move from the states before and after it. */
export function describeMove(
  before: ModelState,
  after: ModelState,
  sha256: Sha256,
  details: {
    readonly changed: boolean;
    readonly version?: Version;
    readonly dryRun?: boolean;
    readonly reason?: string;
    readonly governed?: Governed;
    /** What was appended. */
    readonly logged?: readonly LoggedEvent[];
  },
): MoveResult {
  const event = details.logged?.find((logged) => logged.event.kind === 'stage');
  const was = before.entries.get(sha256);
  const is = after.entries.get(sha256);
  const stage = is && stageOf(is);
  const holder = stage === undefined ? undefined : before.slots.get(stage);
  const replaced = holder === undefined || holder === sha256 ? undefined : before.entries.get(holder);
  return {
    model: after.model,
    sha256,
    version: details.version ?? is?.versions.at(-1) ?? null,
    versions: is?.versions ?? [],
    stage: stage ?? null,
    from: (was && stageOf(was)) ?? null,
    replaced: replaced?.sha256 ?? null,
    replacedVersion: (replaced && highestVersion(replaced)) ?? null,
    versionGiven: (is?.versions.length ?? 0) > (was?.versions.length ?? 0),
    changed: details.changed,
    dryRun: details.dryRun ?? false,
    ...(details.reason === undefined ? {} : { reason: details.reason }),
    ...(details.governed === undefined ? {} : { governed: details.governed }),
    ...(event === undefined ? {} : { event }),
  };
}
