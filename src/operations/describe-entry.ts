/** What is said of an entry in one model: the part that the log gives, shared by `show`, `list` and `lineage`. */
import { type DeployStatus, deployStatusOf } from '../domain/deployment.ts';
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import type { Actor, StageName } from '../domain/event.ts';
import type { ModelName } from '../domain/model-name.ts';
import { type EntryState, isExpired, stageOf } from '../domain/state.ts';
import type { Version } from '../domain/version.ts';
import { compareVersions } from '../domain/version-order.ts';

/** Whether an entry can be used and, where it can, what the reports of its deployments say. */
export type EntryStatus = 'pending' | 'expired' | 'ready' | DeployStatus | 'tombstoned';

/** Why an entry must not be used any more. */
export interface TombstoneDescription {
  readonly at: string;
  readonly by: Actor;
  readonly onBehalfOf: Actor | null;
  readonly reason: string;
}

/** What the log says of an entry. */
export interface EntryDescription {
  readonly sha256: Sha256;
  readonly commit: ObjectId;
  readonly model: ModelName;
  /** Integer version (format §6.6). */
  readonly number: number;
  /** Ascending. */
  readonly versions: readonly Version[];
  readonly stage: StageName | null;
  readonly status: EntryStatus;
  readonly registeredAt: string;
  readonly registeredBy: Actor;
  readonly onBehalfOf: Actor | null;
  readonly expires: string | null;
  /** When it got into its stage: of one that was replaced, when that happened. */
  readonly stagedAt: string | null;
  readonly stagedBy: Actor | null;
  readonly stagedOnBehalfOf: Actor | null;
  readonly tombstone: TombstoneDescription | null;
  readonly description: string | null;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Describes an entry as it stands at an instant (event time format), which decides whether a candidate has expired. */
export function describeEntry(model: ModelName, entry: EntryState, now: string): EntryDescription {
  const registered = entry.registered ?? entry.first;
  const { tombstone } = entry;
  const staged = entry.replaced ?? entry.staged;
  return {
    sha256: entry.sha256,
    commit: entry.commit,
    model,
    number: entry.number,
    versions: [...entry.versions].sort(compareVersions),
    stage: stageOf(entry) ?? null,
    status: statusOf(entry, now),
    registeredAt: registered.at,
    registeredBy: registered.by,
    onBehalfOf: registered.onBehalfOf ?? null,
    expires: entry.status === 'pending' ? (entry.expires ?? null) : null,
    stagedAt: staged?.at ?? null,
    stagedBy: staged?.by ?? null,
    stagedOnBehalfOf: staged?.onBehalfOf ?? null,
    tombstone: tombstone === undefined ? null : describeTombstone(tombstone),
    description: entry.description ?? null,
    annotations: entry.annotations,
  };
}

function describeTombstone({ at, by, onBehalfOf, reason }: NonNullable<EntryState['tombstone']>): TombstoneDescription {
  return { at, by, onBehalfOf: onBehalfOf ?? null, reason };
}

/** Returns the status of an entry at an instant. */
export function statusOf(entry: EntryState, now: string): EntryStatus {
  if (entry.tombstone !== undefined) return 'tombstoned';
  if (entry.status === 'registered') return deployStatusOf(entry) ?? 'ready';
  return isExpired(entry, now) ? 'expired' : 'pending';
}
