/** What the merge rules promise (format §7.3), each told in its own words rather than in those of the rules. */
import type { Sha256 } from '../../src/domain/digest.ts';
import type { RegistryEvent } from '../../src/domain/event.ts';
import { Folder, type FoldInput } from '../../src/domain/fold.ts';
import type { ModelName } from '../../src/domain/model-name.ts';
import type { Replay } from '../../src/domain/settle/settlement.ts';
import { emptyState, type ModelState } from '../../src/domain/state.ts';
import { refKeyText, viewsOf } from '../../src/domain/views.ts';
import type { Clone, Log, World } from './settle-world.ts';

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** A published version never moves and never goes. */
export function checkVersions(before: ModelState, after: ModelState): void {
  for (const [version, { sha256 }] of before.versions)
    demand(after.versions.get(version)?.sha256 === sha256, `${version} of ${before.model} moved`);
}

/** What a remote has registered has its parents and inputs registered there, pending ones included. */
export function checkRelations(
  states: readonly ModelState[],
  relationsOf: (sha256: Sha256) => readonly Sha256[],
): void {
  const entries = states.flatMap((state) => [...state.entries.values()]);
  const registered = new Set(entries.filter(({ status }) => status === 'registered').map(({ sha256 }) => sha256));
  for (const { sha256 } of entries)
    demand(
      relationsOf(sha256).every((other) => registered.has(other)),
      `${sha256.slice(0, 12)} is on the remote without its parents`,
    );
}

/** An id occurs once in a log, and not after its `void`. */
export function checkIds(events: readonly FoldInput[]): void {
  const taken = new Set<string>();
  for (const { event } of events) {
    demand(!taken.has(event.id), `${event.kind} ${event.id} occurs again`);
    taken.add(event.id);
    if (event.kind === 'void') taken.add(event.event);
  }
}

/** Each approval that an effective stage names stands before it: of that SHA and stage, not withdrawn, one a person. */
export function checkApprovals(events: readonly FoldInput[], model: ModelName): void {
  const folder = new Folder(emptyState(model));
  for (const input of events) {
    const { event } = input;
    const given = event.kind === 'stage' ? event.approvals.map((id) => folder.state.approvals.get(id)) : [];
    if (folder.add(input) !== undefined || event.kind !== 'stage') continue;
    for (const approval of given) {
      demand(approval !== undefined && approval.kind === 'approve' && !approval.withdrawn, 'an approval dangles');
      demand(approval.sha256 === event.sha256 && approval.to === event.to, 'an approval is of something else');
    }
    demand(new Set(given.map((approval) => approval?.given.by.email)).size === given.length, 'one approves twice');
  }
}

/** Every event of ours is accounted for, once; what the replay appends has its effect; what changed is kept as lost. */
export function checkAccounts(told: {
  readonly ours: Log;
  readonly theirs: Log;
  readonly next: Log;
  readonly settlement: Replay;
}): void {
  const { ours, theirs, next, settlement } = told;
  const { dropped, voided, altered, events } = settlement;
  demand(next.state.ineffective.length === theirs.state.ineffective.length, 'a replayed event has no effect');
  demand(next.state.lastDigest === settlement.state.lastDigest, 'the settled state is of another log');
  const here = new Set(theirs.events.map(({ digest }) => digest));
  for (const { event } of ours.events.filter(({ digest }) => !here.has(digest))) {
    const renewed = events.filter(({ kind, logged }) => kind === 'renewed' && logged.event.id === event.id);
    const gone = [...dropped, ...voided].filter(({ source }) => source.event.id === event.id);
    demand(
      renewed.length + gone.length === 1,
      `${event.kind} is ${renewed.length} times kept, ${gone.length} times gone`,
    );
  }
  for (const { source, reason } of dropped)
    demand(mayDrop(source.event as RegistryEvent, reason, next), `${source.event.kind} was dropped: ${reason}`);
  demand(settlement.lost === dropped.length + voided.length + altered.length > 0, 'what changed is not kept as lost');
}

/** A decision stands only on what its decider saw: since then nobody else spoke of its SHA, its slot or its alias. */
export function checkGround(ours: Log, theirs: Log, { events }: Replay): void {
  const known = new Set(ours.events.map(({ event }) => event.id));
  const idle = new Set(theirs.state.ineffective.map(({ event }) => event));
  const since = theirs.events.map(({ event }) => event).filter(({ id }) => !known.has(id) && !idle.has(id));
  const words = since.flatMap((event): readonly string[] => {
    if (event.kind === 'alias') return [`alias ${event.name}`];
    if (event.kind === 'withdraw') return [`${theirs.state.approvals.get(event.event)?.sha256}`];
    if (event.kind === 'stage') return [event.sha256, `slot ${event.to}`, `slot ${event.from}`];
    return event.kind === 'tombstone' || event.kind === 'reject' || event.kind === 'expire' ? [event.sha256] : [];
  });
  for (const { event } of events.filter(({ kind }) => kind === 'renewed').map(({ logged }) => logged)) {
    const stands: string[] = [];
    if (['approve', 'reject', 'stage', 'tombstone', 'alias'].includes(event.kind) && 'sha256' in event)
      stands.push(`${event.sha256}`);
    if ('to' in event && (event.to === 'staging' || event.to === 'production')) stands.push(`slot ${event.to}`);
    if (event.kind === 'alias') stands.push(`alias ${event.name}`);
    demand(!stands.some((word) => words.includes(word)), `${event.kind} was decided on what has changed since`);
  }
}

function mayDrop(event: RegistryEvent, reason: string, { events, state }: Log): boolean {
  if (reason === 'on-remote') return events.some((other) => other.event.id === event.id);
  if (reason === 'voided-on-remote')
    return events.some((other) => other.event.kind === 'void' && other.event.event === event.id);
  switch (event.kind) {
    case 'create':
    case 'expire':
      return true;
    case 'register':
    case 'promote': {
      const names = event.version === undefined || state.versions.get(event.version)?.sha256 === event.sha256;
      return state.entries.get(event.sha256)?.status === 'registered' && names;
    }
    case 'tombstone':
      return state.entries.get(event.sha256)?.tombstone !== undefined;
    default:
      return event.kind === 'stage' || event.kind === 'annotate' || event.kind === 'alias';
  }
}

/** At rest every log is everywhere the same, the views are those of the logs, and nothing acknowledged has vanished. */
export function checkRest(world: World): void {
  for (const clone of world.clones) checkSame(world, clone);
  const views = [...world.remote.values()].flatMap(({ state }) => viewsOf(state));
  const wanted = new Map(views.map(({ key, target }) => [refKeyText(key), target]));
  demand(wanted.size === world.views.size, 'the remote has other views than its logs give');
  for (const [text, target] of wanted)
    demand(world.views.get(text)?.target === target, `${text} is not as its log says`);
  for (const { state } of world.remote.values()) checkSlots(state);
  for (const event of world.acknowledged) demand(isAccounted(world, event), `${event.kind} ${event.id} vanished`);
}

function checkSame(world: World, clone: Clone): void {
  const waiting = world.heldBack(clone);
  for (const [model, { state }] of world.remote)
    demand(
      waiting.has(model) || clone.logs.get(model)?.state.lastDigest === state.lastDigest,
      `${model} is not the same everywhere`,
    );
  for (const model of clone.logs.keys())
    demand(waiting.has(model) || world.remote.has(model), `${model} was never published`);
}

/** One entry a slot, one slot an entry. */
function checkSlots({ entries, slots, model }: ModelState): void {
  for (const [slot, sha256] of slots) demand(entries.get(sha256)?.slot === slot, `${slot} of ${model} has no holder`);
  const held = [...entries.values()].filter(({ slot }) => slot !== undefined);
  demand(held.length === slots.size, `a slot of ${model} has two holders`);
}

/** In the log, perhaps altered; void, or where it still waits; or dropped, and then in a lost tip. */
function isAccounted(world: World, event: RegistryEvent): boolean {
  const has = ({ events }: Log): boolean => events.some((other) => other.event.id === event.id);
  const voids = ({ events }: Log): boolean =>
    events.some((other) => other.event.kind === 'void' && other.event.event === event.id);
  const published = world.remote.get(event.model);
  const same = published?.events.find((other) => other.event.id === event.id);
  if (same !== undefined) return isSameOrAltered(event, same.event as RegistryEvent);
  const logs = [...world.remote.values(), ...world.clones.flatMap((clone) => [...clone.logs.values()])];
  if (logs.some((log) => has(log) || voids(log))) return true;
  return world.dropped.has(event.id) && world.clones.some(({ lost }) => lost.some(has));
}

function isSameOrAltered(event: RegistryEvent, now: RegistryEvent): boolean {
  const { seq: _seq, prev: _prev, by, ...said } = now;
  if (now.kind === 'annotate' && (event.kind === 'create' || event.kind === 'register')) return now.at === event.at;
  // Adopted, perhaps back by the one whose it was: then on their own behalf.
  const { onBehalfOf } = now;
  if ((onBehalfOf ?? by).email !== event.by.email) return false;
  if (onBehalfOf !== undefined && ['approve', 'reject', 'withdraw'].includes(event.kind)) return false;
  const { seq: _oldSeq, prev: _oldPrev, by: _by, ...was } = event;
  const expected: Record<string, unknown> = onBehalfOf === undefined ? { ...was } : { ...was, onBehalfOf };
  if (event.kind === 'register' && now.kind === 'register' && now.version === undefined) delete expected['version'];
  return JSON.stringify(Object.entries(expected).sort()) === JSON.stringify(Object.entries(said).sort());
}
