/** The ground on which a decision was taken, and whether the other side has touched it since (format §7.3). */
import type { Sha256 } from '../digest.ts';
import type { RegistryEvent } from '../event.ts';
import type { Folder, FoldInput } from '../fold.ts';
import { isSlotName } from '../state.ts';

/** The last event that touched something. */
export interface Touch {
  readonly event: string;
  readonly sha256?: Sha256;
  /** What it did, e.g. `stage`. */
  readonly kind: string;
}

/** What the remote has touched since the base. */
export interface Ground {
  readonly entries: ReadonlyMap<Sha256, Touch>;
  readonly slots: ReadonlyMap<string, Touch>;
  readonly aliases: ReadonlyMap<string, Touch>;
}

/** Folds the remote's events and returns what they touched. Events that are `ours` by id, or had no effect, touch nothing. */
export function surveyGround(folder: Folder, remote: readonly FoldInput[], ours: ReadonlySet<string>): Ground {
  const entries = new Map<Sha256, Touch>();
  const slots = new Map<string, Touch>();
  const aliases = new Map<string, Touch>();
  for (const input of remote) {
    const { event } = input;
    const ineffective = folder.add(input);
    if (ineffective !== undefined || event.kind === 'unknown' || ours.has(event.id)) continue;
    const sha256 = shaTouched(folder, event);
    const touch: Touch = { event: event.id, kind: event.kind, ...(sha256 === undefined ? {} : { sha256 }) };
    if (sha256 !== undefined) entries.set(sha256, touch);
    if (event.kind === 'stage') for (const slot of [event.from, event.to]) if (slot !== null) slots.set(slot, touch);
    if (event.kind === 'alias') aliases.set(event.name, touch);
  }
  return { entries, slots, aliases };
}

/** Returns what touched the ground of an event, undefined where nothing did or the event stands on none. */
export function findTouch(ground: Ground, event: RegistryEvent): Touch | undefined {
  switch (event.kind) {
    case 'approve':
    case 'reject':
    case 'stage':
      return ground.entries.get(event.sha256) ?? (isSlotName(event.to) ? ground.slots.get(event.to) : undefined);
    case 'tombstone':
      return ground.entries.get(event.sha256);
    case 'alias':
      return (event.sha256 === null ? undefined : ground.entries.get(event.sha256)) ?? ground.aliases.get(event.name);
    default:
      return undefined;
  }
}

function shaTouched(folder: Folder, event: RegistryEvent): Sha256 | undefined {
  switch (event.kind) {
    case 'tombstone':
    case 'reject':
    case 'expire':
    case 'stage':
      return event.sha256;
    case 'withdraw':
      return folder.state.approvals.get(event.event)?.sha256;
    default:
      return undefined;
  }
}
