/**
 * Writing: events are decided on the state at the tip that the transaction compares-and-swaps, and one transaction moves
 * the log and every view, the log first (format §6.4). Whoever loses a race starts over.
 */
import type { ObjectId } from '../domain/digest.ts';
import { encodeEvent } from '../domain/encode-event.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Actor, EventBody, LoggedEvent, RegistryEvent } from '../domain/event.ts';
import { eventMessage } from '../domain/event-message.ts';
import { type EvidenceFile, evidenceTree } from '../domain/evidence.ts';
import { Folder } from '../domain/fold.ts';
import type { NewObject } from '../domain/git-object.ts';
import { encodeModelName, type ModelName } from '../domain/model-name.ts';
import { emptyState, type ModelState } from '../domain/state.ts';
import type { NewEventCommit } from '../ports/event-log.ts';
import type { FoldedModel } from '../ports/fold-cache.ts';
import { planRefUpdates, type ReliedRef } from './plan-ref-updates.ts';
import { findModel } from './read-model.ts';
import { refuseDisallowed } from './refuse-disallowed.ts';
import type { Workspace } from './workspace.ts';

/** An event to append, and the commit of the entry that it names. */
export interface NewEvent {
  readonly body: EventBody;
  readonly entryCommit?: ObjectId;
  /** Files that the event names (format §6.1). */
  readonly evidence?: readonly EvidenceFile[];
}

/** What a writer decides on a state: an answer without events, or events. */
export type Decision<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | {
      readonly kind: 'append';
      readonly events: readonly NewEvent[];
      /** Refs that the decision relied on without moving them (format §6.4). */
      readonly relied?: readonly ReliedRef[];
      /** Objects that the new refs need: written with the events, and again if someone pruned them meanwhile. */
      readonly objects?: readonly NewObject[];
      answer(appended: readonly LoggedEvent[], state: ModelState): Answer;
    };

/** What a decision may look at. */
export interface Deciding {
  readonly state: ModelState;
  /** The model has no log yet. */
  readonly isNew: boolean;
  /** The instant of the events, as their `at`. */
  readonly at: string;
  readonly by: Actor;
}

/** On whose behalf a command runs (`--by`), kept beside the real git identity. */
export interface AppendOptions {
  readonly onBehalfOf?: Actor;
}

const ATTEMPTS = 40;

/** Appends what `decide` decides, all or nothing. Throws `contended`, `locked`, `unsupported-log`, `tampered-view`. */
export async function appendEvents<Answer>(
  workspace: Workspace,
  model: ModelName,
  decide: (deciding: Deciding) => Promise<Decision<Answer>> | Decision<Answer>,
  options: AppendOptions = {},
): Promise<Answer> {
  const by = await workspace.settings.identity();
  return workspace.lock.hold(`log-${encodeModelName(model).replaceAll('/', '+')}`, async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const outcome = await tryAppend(workspace, model, by, decide, options);
      if (outcome.kind === 'done') return outcome.answer;
      await workspace.clock.backOff(attempt);
    }
    throw new RegistryError('contended', `log of ${model}: others kept moving it, ${ATTEMPTS} attempts`, {
      hint: 'run the command again',
    });
  });
}

type Attempt<Answer> = { readonly kind: 'done'; readonly answer: Answer } | { readonly kind: 'moved' };

async function tryAppend<Answer>(
  workspace: Workspace,
  model: ModelName,
  by: Actor,
  decide: (deciding: Deciding) => Promise<Decision<Answer>> | Decision<Answer>,
  options: AppendOptions,
): Promise<Attempt<Answer>> {
  const folded = await findModel(workspace, model);
  const before = folded?.state ?? emptyState(model);
  if (before.newerFormat) {
    throw new RegistryError('unsupported-log', `log of ${model}: it holds events of a newer format`, {
      hint: 'upgrade git-registry',
    });
  }
  const at = new Date(workspace.clock.now()).toISOString();
  const decision = await decide({ state: before, isNew: folded === undefined, at, by });
  if (decision.kind === 'answer') return { kind: 'done', answer: decision.answer };
  await refuseDisallowed(workspace, model, decision.events, by);
  const logged = encodeEvents(workspace, before, decision.events, { at, by, ...options });
  const trees = decision.events.map(({ evidence }) => evidenceTree(workspace.hash, evidence ?? []));
  const objects = [...(decision.objects ?? []), ...trees.flatMap((made) => made.objects)];
  const commits = await commitEvents(workspace, folded?.tip, logged, {
    ...decision,
    objects,
    by,
    trees: trees.map(({ tree }) => tree),
  });
  const after = foldNew(before, logged, commits, decision.events);
  const tip = commits.at(-1);
  if (tip === undefined) throw new RegistryError('bug', 'a decision to append holds no event');
  const updates = await planRefUpdates(workspace, {
    model,
    before,
    after,
    oldTip: folded?.tip,
    tip,
    relied: decision.relied ?? [],
  });
  try {
    if ((await workspace.refs.apply(updates)).kind === 'moved') return { kind: 'moved' };
  } catch (error) {
    // Git refuses a ref whose object is gone. Where a prune took it, what is needed is written again and decided anew.
    if (!(await rewritePruned(workspace, objects, commits))) throw error;
    return { kind: 'moved' };
  }
  await Promise.all([
    rewritePruned(workspace, objects, []),
    workspace.folds.save({ tip, state: after } satisfies FoldedModel),
  ]);
  return { kind: 'done', answer: decision.answer(logged, after) };
}

function encodeEvents(
  workspace: Workspace,
  before: ModelState,
  events: readonly NewEvent[],
  stamp: { readonly at: string; readonly by: Actor; readonly onBehalfOf?: Actor },
): readonly LoggedEvent[] {
  let prev = before.lastDigest;
  return events.map(({ body }, index) => {
    const id = workspace.clock.newId(Date.parse(stamp.at));
    const event: RegistryEvent = { v: 1, id, seq: before.events + index, prev, ...stamp, model: before.model, ...body };
    const logged = encodeEvent(event);
    prev = logged.digest;
    return logged;
  });
}

async function commitEvents(
  workspace: Workspace,
  oldTip: ObjectId | undefined,
  logged: readonly LoggedEvent[],
  {
    events,
    objects,
    by,
    trees,
  }: {
    readonly events: readonly NewEvent[];
    readonly objects: readonly NewObject[];
    readonly by: Actor;
    readonly trees: readonly ObjectId[];
  },
): Promise<readonly ObjectId[]> {
  const commits = logged.map(({ event, json }, index): NewEventCommit => {
    const entryCommit = events[index]?.entryCommit;
    const previous = index === 0 && oldTip !== undefined ? [oldTip] : [];
    return {
      tree: trees[index] ?? workspace.hash('tree', new Uint8Array()),
      parents: entryCommit === undefined ? previous : [...previous, entryCommit],
      by,
      time: Math.floor(Date.parse(event.at) / 1000),
      message: eventMessage(event as RegistryEvent, json),
    };
  });
  return workspace.log.make(commits, objects);
}

/** Folds what is about to be appended; an event without effect is a bug of the deciding operation, and no ref moves. */
function foldNew(
  before: ModelState,
  logged: readonly LoggedEvent[],
  commits: readonly ObjectId[],
  events: readonly NewEvent[],
): ModelState {
  const folder = new Folder(before);
  for (const [index, event] of logged.entries()) {
    const commit = commits[index];
    if (commit === undefined) throw new RegistryError('bug', 'an event got no commit');
    const entryCommit = events[index]?.entryCommit;
    const reason = folder.add({ ...event, commit, ...(entryCommit === undefined ? {} : { entryCommit }) });
    if (reason !== undefined)
      throw new RegistryError('bug', `${event.event.kind}: the event would have no effect: ${reason}`);
  }
  return folder.state;
}

/**
 * An object written before the refs moved was reachable from nothing: a concurrent prune may have taken it. Writes those
 * again whose bytes are at hand, and tells whether any was missing.
 */
async function rewritePruned(
  workspace: Workspace,
  objects: readonly NewObject[],
  others: readonly ObjectId[],
): Promise<boolean> {
  if (objects.length + others.length === 0) return false;
  const missing = new Set(await workspace.objects.findMissing([...objects.map(({ id }) => id), ...others]));
  const again = objects.filter(({ id }) => missing.has(id));
  if (again.length > 0) await workspace.objects.write(again);
  return missing.size > 0;
}
