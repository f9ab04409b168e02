/** Stage moves: which way is up, and the `stage` event that a move is (format §6.3). Gates and approvals come on top. */
import type { Sha256 } from './digest.ts';
import { RegistryError } from './errors.ts';
import type { EventBody, StageCause, StageName } from './event.ts';
import { type EntryState, type ModelState, stageOf } from './state.ts';
import type { Version } from './version.ts';
import { compareVersions } from './version-order.ts';

type StageBody = Extract<EventBody, { readonly kind: 'stage' }>;

/** Returns the slot a user names. Throws `bad-stage`. */
export function parseSlot(text: string, slots: readonly string[]): string {
  if (slots.includes(text)) return text;
  throw new RegistryError('bad-stage', `stage ${JSON.stringify(text)}: expected ${slots.join(' or ')}`, {
    data: { stage: text, slots },
    hint: 'stages are listed in registry.yaml, key stages',
  });
}

/** Height of a stage: archived, development, then the slots as the policy lists them. */
function heightOf(stage: StageName | undefined, slots: readonly string[]): number {
  if (stage === undefined || stage === 'archived') return -2;
  return stage === 'development' ? -1 : slots.indexOf(stage);
}

/** Refuses a promotion that goes down. Throws `bad-transition`. */
export function refuseDownward(entry: EntryState, to: string, slots: readonly string[]): void {
  const from = stageOf(entry);
  if (heightOf(from, slots) <= heightOf(to, slots)) return;
  throw new RegistryError('bad-transition', `${to} is below ${from}: promote goes up`, {
    data: { from, to },
    hint: `git registry demote ${entry.sha256.slice(0, 12)} --to ${to}`,
  });
}

/** Refuses a demotion that goes up or nowhere. Throws `bad-transition`. */
export function refuseUpward(entry: EntryState, to: string, slots: readonly string[]): void {
  const from = stageOf(entry);
  if (from === to || heightOf(to, slots) < heightOf(from, slots)) return;
  throw new RegistryError('bad-transition', `${to} is not below ${from}: demote goes down`, {
    data: { from, to },
    hint: `git registry promote ${entry.sha256.slice(0, 12)} --to ${to}`,
  });
}

/** Returns the highest version of an entry. */
export function highestVersion(entry: EntryState): Version | undefined {
  return [...entry.versions].sort(compareVersions).at(-1);
}

/** What a move carries besides where it goes. */
export interface MoveOptions extends Partial<Pick<StageBody, 'policy' | 'verdicts' | 'approvals' | 'emergency'>> {
  readonly version?: Version;
  readonly reason?: string;
}

/** Refuses a promotion that the policy's arrows do not have. Throws `bad-transition`. */
export function refuseUnlisted(entry: EntryState, to: string, transitions: 'any' | readonly string[]): void {
  const from = stageOf(entry);
  if (transitions === 'any' || from === undefined || from === to || transitions.includes(`${from} -> ${to}`)) return;
  const legal = transitions.filter((arrow) => arrow.startsWith(`${from} -> `)).map((arrow) => arrow.split(' -> ')[1]);
  const next = legal.length === 0 ? 'nowhere' : `to ${legal.join(' or ')}`;
  throw new RegistryError('bad-transition', `${from} -> ${to}: registry.yaml lets it go ${next} from ${from}`, {
    data: { from, to, transitions },
    ...(legal[0] === undefined ? {} : { hint: `git registry promote ${entry.sha256.slice(0, 12)} --to ${legal[0]}` }),
  });
}

/** Returns the event that moves an entry, or undefined where it stands there already. */
export function planMove(
  state: ModelState,
  entry: EntryState,
  to: StageName,
  cause: StageCause,
  options: MoveOptions = {},
): StageBody | undefined {
  if (stageOf(entry) === to) return undefined;
  const replaced: Sha256 | undefined = state.slots.get(to);
  const version = options.version ?? highestVersion(entry);
  return {
    kind: 'stage',
    sha256: entry.sha256,
    ...(version === undefined ? {} : { version }),
    from: entry.slot ?? null,
    to,
    ...(cause === 'promote' ? {} : { cause }),
    ...(replaced === undefined ? {} : { replaced }),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
    ...(options.emergency === undefined ? {} : { emergency: options.emergency }),
    verdicts: options.verdicts ?? [],
    approvals: options.approvals ?? [],
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  };
}

/**
 * Returns whom a rollback brings back: the newest former occupant without a tombstone. The present occupant, and what a
 * rollback or a deliberate move took out of the slot, are no candidates.
 */
export function formerOccupant(state: ModelState, slot: string): Sha256 | undefined {
  const present = state.slots.get(slot);
  const former = (state.occupants.get(slot) ?? []).filter((sha256) => sha256 !== present);
  return former.findLast((sha256) => state.entries.get(sha256)?.tombstone === undefined);
}
