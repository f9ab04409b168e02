/**
 * The registry as it was: every log ends where its past does, and no ref but logs is seen, since refs are views of now
 * (format §6.4). Operations that read need not know; nothing is written, not even a cached fold.
 */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { LoggedEvent } from '../domain/event.ts';
import type { ModelName } from '../domain/model-name.ts';
import { type Moment, parseMoment } from '../domain/moment.ts';
import type { EntryGraph, EntryNode } from '../ports/entry-graph.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { FoldedModel } from '../ports/fold-cache.ts';
import type { RefStore } from '../ports/ref-store.ts';
import { readLog } from './read-log.ts';
import { findModel, foldPrefix } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** A past: that of one event in its own log; in every log, the longest prefix whose events are none later than `at`. */
interface Past {
  readonly at: string;
  readonly event?: { readonly model: ModelName; readonly seq: number };
}

/** Returns the registry as it was at what `--at` names. Throws `usage`, `unknown-event`, `ambiguous`. */
export async function pastWorkspace(present: Workspace, text: string): Promise<Workspace> {
  const past = await findPast(present, parseMoment(text));
  const folds = new Map<ModelName, Promise<FoldedModel | undefined>>();
  const foldOf = (model: ModelName): Promise<FoldedModel | undefined> => {
    const folding = folds.get(model) ?? foldPast(present, model, past);
    folds.set(model, folding);
    return folding;
  };
  return {
    ...present,
    past: { at: past.at, present },
    refs: pastRefs(present.refs, foldOf),
    log: pastLog(present.log, foldOf),
    graph: pastGraph(present, foldOf),
    folds: { find: foldOf, save: async () => undefined },
    clock: { ...present.clock, now: () => Date.parse(past.at) },
  };
}

type FoldOf = (model: ModelName) => Promise<FoldedModel | undefined>;

async function foldPast(present: Workspace, model: ModelName, { at, event }: Past): Promise<FoldedModel | undefined> {
  const tip = await present.refs.find({ kind: 'log', model });
  if (tip === undefined) return undefined;
  const isBeyond =
    event?.model === model
      ? (next: LoggedEvent['event']) => next.seq > event.seq
      : (next: LoggedEvent['event']) => next.at > at;
  return foldPrefix(present, model, tip, isBeyond);
}

async function findPast(workspace: Workspace, moment: Moment): Promise<Past> {
  if (moment.kind === 'instant') return { at: moment.at };
  const named = moment.kind === 'event-id' ? moment.id : moment.prefix;
  const found: (Past & { readonly digest: string })[] = [];
  for (const model of await modelsWith(workspace, moment)) {
    for await (const { link } of readLog(workspace, model)) {
      const { event, digest } = link;
      const isIt = moment.kind === 'event-id' ? event.id === named : digest.startsWith(named);
      if (isIt) found.push({ at: event.at, event: { model, seq: event.seq }, digest });
    }
  }
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) {
    throw new RegistryError('unknown-event', `event ${named}: no log here has it`, {
      data: { event: named },
      hint: 'git registry log --all --json',
    });
  }
  throw new RegistryError('ambiguous', `event ${named}: ${found.length} events are named so`, {
    data: { event: named, found: found.slice(0, 20).map(({ digest }) => digest) },
    hint: 'give more digits',
  });
}

/** A fold knows the ids of its events; their digests only the log tells. */
async function modelsWith(workspace: Workspace, moment: Moment): Promise<readonly ModelName[]> {
  const models = await workspace.log.models();
  if (moment.kind !== 'event-id') return models;
  const having: ModelName[] = [];
  for (const model of models) if ((await findModel(workspace, model))?.state.ids.has(moment.id)) having.push(model);
  return having;
}

function pastRefs(refs: RefStore, foldOf: FoldOf): RefStore {
  return {
    find: async (key) => (key.kind === 'log' ? (await foldOf(key.model))?.tip : undefined),
    list: async () => ({ refs: [], odd: [] }),
    apply: () => Promise.reject(new RegistryError('bug', 'a command with --at tried to write')),
    nameOf: (key) => refs.nameOf(key),
  };
}

function pastLog(log: EventLog, foldOf: FoldOf): EventLog {
  const existing = async (models: readonly ModelName[]): Promise<readonly ModelName[]> => {
    const then: ModelName[] = [];
    for (const model of models) if ((await foldOf(model)) !== undefined) then.push(model);
    return then;
  };
  return {
    read: (tip, after) => log.read(tip, after),
    make: () => Promise.reject(new RegistryError('bug', 'a command with --at tried to write')),
    models: async () => existing(await log.models()),
    modelsContaining: async (entries) => existing(await log.modelsContaining(entries)),
  };
}

/** Whatever an entry descends from was there before it; what descends from it may have come later. */
function pastGraph(present: Workspace, foldOf: FoldOf): EntryGraph {
  return {
    ancestors: (entry) => present.graph.ancestors(entry),
    async *descendants(entry): AsyncIterable<EntryNode> {
      const then = new Set<ObjectId>();
      for (const model of await present.log.models())
        for (const { commit } of (await foldOf(model))?.state.entries.values() ?? []) then.add(commit);
      for await (const node of present.graph.descendants(entry)) if (then.has(node.commit)) yield node;
    },
  };
}
