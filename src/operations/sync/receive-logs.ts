/** Downloads the logs that a remote has moved, and verifies each alone: one that does not hold up stops no other. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { FoldedModel } from '../../ports/fold-cache.ts';
import type { Quarantine, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefListing } from '../../ports/ref-store.ts';
import type { Workspace } from '../workspace.ts';
import { findUnpublished } from './find-divergence.ts';
import { foldAt } from './fold-memo.ts';
import { quarantinedWorkspace } from './quarantined-workspace.ts';
import type { Scope } from './scope.ts';
import type { VerifiedRemote } from './verified-remote.ts';
import { IncomingEntries, notDescending, tampered, verifyIncoming } from './verify-incoming.ts';

/** What to receive. */
export interface ReceiveRequest {
  readonly target: RemoteTarget;
  readonly verified: VerifiedRemote;
  readonly listing: RefListing;
  readonly scope: Scope;
  readonly caps: RemoteCaps;
  readonly afresh?: boolean;
  readonly trust?: ModelName;
}

/** Logs that hold up, still in quarantine. */
export interface IncomingLogs {
  readonly folded: ReadonlyMap<ModelName, FoldedModel>;
  /** Events that were verified before. */
  readonly eventsBefore: ReadonlyMap<ModelName, number>;
  readonly unreadable: ReadonlySet<ModelName>;
  readonly issues: readonly RegistryError[];
  /** Moves objects into the repository. */
  keep(tips: readonly ObjectId[], known: readonly ObjectId[]): Promise<void>;
  close(): Promise<void>;
}

/** Receives. */
export async function receiveLogs(workspace: Workspace, request: ReceiveRequest): Promise<IncomingLogs> {
  const { verified, scope, target } = request;
  const listed = request.listing.refs.flatMap(({ key, id }) =>
    key.kind === 'log' && scope.has(key.model) ? [{ model: key.model, tip: id }] : [],
  );
  const there = new Set(listed.map(({ model }) => model));
  const gone = [...verified.logs.keys()].filter((model) => scope.has(model) && !there.has(model));
  const moved = listed.filter(({ model, tip }) => request.afresh || verified.logs.get(model) !== tip);
  const issues = gone.map((model) => tampered(target.label, model, 'its log is gone'));
  const unreadable = new Set(gone);
  // What was published from here comes back unchanged: nothing needs to be downloaded.
  const mine = await findOwn(workspace, request.afresh ? [] : moved);
  const foreign = moved.filter(({ model }) => !mine.has(model));
  const quarantine = foreign.length === 0 ? undefined : await download(workspace, request, foreign, mine);
  const tips = new Map([...mine, ...(quarantine?.tips ?? [])]);
  for (const { model, fault } of quarantine?.failed ?? []) {
    unreadable.add(model);
    issues.push(asIssue(target, model, fault));
  }
  const seen = quarantine === undefined ? workspace : quarantinedWorkspace(workspace, quarantine);
  const verifiedLogs = await verifyAll(seen, request, tips, mine);
  for (const [model, fault] of verifiedLogs.faults) {
    unreadable.add(model);
    issues.push(fault);
  }
  return {
    ...verifiedLogs,
    unreadable,
    issues: await Promise.all(issues.map((issue) => withHint(workspace, request, issue))),
    keep: async (kept, known) => {
      const foreignTips = new Set(quarantine?.tips.values() ?? []);
      await quarantine?.keep(
        kept.filter((tip) => foreignTips.has(tip)),
        [...known, ...verifiedLogs.entries.origins],
        verifiedLogs.entries.areAllOrigins,
      );
    },
    close: async () => quarantine?.close(),
  };
}

/** Our log, where there is one, can be put back; junk that was never taken can only be deleted there. */
async function withHint(
  workspace: Workspace,
  { target, verified }: ReceiveRequest,
  issue: RegistryError,
): Promise<RegistryError> {
  const { code, message, data, hint, cause } = issue;
  if (code !== 'remote-tampered' || hint !== undefined) return issue;
  const key = { kind: 'log', model: data['model'] as ModelName } as const;
  const isHere = verified.logs.has(key.model) || (await workspace.refs.find(key)) !== undefined;
  return new RegistryError(code, message, {
    data,
    cause,
    hint: isHere
      ? `what is known here is kept; to put ours back: git registry push --repair ${target.label}`
      : `nothing of it was taken; to delete it there: git push ${target.label} :${workspace.refs.nameOf(key)}`,
  });
}

async function findOwn(
  workspace: Workspace,
  logs: readonly { readonly model: ModelName; readonly tip: ObjectId }[],
): Promise<ReadonlyMap<ModelName, ObjectId>> {
  const own = new Map<ModelName, ObjectId>();
  for (const { model, tip } of logs)
    if ((await workspace.refs.find({ kind: 'log', model })) === tip) own.set(model, tip);
  return own;
}

async function download(
  workspace: Workspace,
  request: ReceiveRequest,
  logs: readonly { readonly model: ModelName; readonly tip: ObjectId }[],
  mine: ReadonlyMap<ModelName, ObjectId>,
): Promise<Quarantine> {
  const { target, verified, caps, trust, afresh = false } = request;
  const known = new Set([...verified.logs.values(), ...mine.values()]);
  for (const { model } of logs) {
    const tip = await workspace.refs.find({ kind: 'log', model });
    if (tip !== undefined) known.add(tip);
  }
  const task = workspace.progress.start(`fetching from ${target.label}`, logs.length, 'items');
  // What is too large is searched for from the first: new logs, which anybody may have put there, come last.
  const isNew = ({ model }: { readonly model: ModelName }): number => (verified.logs.has(model) ? 0 : 1);
  try {
    return await (await workspace.gitRemote()).download(target, {
      logs: [...logs].sort((a, b) => isNew(a) - isNew(b)),
      known: afresh ? [] : [...known],
      published: afresh ? [] : [...verified.logs].flatMap(([model, tip]) => (model === trust ? [] : [tip])),
      afresh,
      caps,
    });
  } finally {
    task.end();
  }
}

async function verifyAll(
  workspace: Workspace,
  { target, verified, trust, afresh = false }: ReceiveRequest,
  tips: ReadonlyMap<ModelName, ObjectId>,
  mine: ReadonlyMap<ModelName, ObjectId>,
): Promise<{
  readonly folded: ReadonlyMap<ModelName, FoldedModel>;
  readonly eventsBefore: ReadonlyMap<ModelName, number>;
  readonly faults: ReadonlyMap<ModelName, RegistryError>;
  readonly entries: IncomingEntries;
}> {
  const entries = new IncomingEntries();
  const folded = new Map<ModelName, FoldedModel>();
  const eventsBefore = new Map<ModelName, number>();
  const faults = new Map<ModelName, RegistryError>();
  const task = workspace.progress.start('verifying', tips.size, 'items');
  for (const [model, tip] of tips) {
    const before = model === trust ? undefined : verified.logs.get(model);
    try {
      if (mine.has(model)) {
        const [own, published] = await foldOwn(workspace, target, model, tip, before);
        folded.set(model, own);
        eventsBefore.set(model, own.state.events - published);
        continue;
      }
      const base = before === undefined || afresh ? undefined : await foldAt(workspace, model, before);
      eventsBefore.set(model, base?.state.events ?? 0);
      const verifiedLog = await verifyIncoming(
        workspace,
        { model, tip, base, passes: base === undefined ? before : undefined },
        target.label,
        entries,
      );
      await refuseOtherEntries(workspace, target, verifiedLog, base);
      await workspace.folds.save(verifiedLog);
      folded.set(model, verifiedLog);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      faults.set(model, asIssue(target, model, error));
    }
    task.add(1);
  }
  task.end();
  return { folded, eventsBefore, faults, entries };
}

/** The log here, published: its events were checked when they were written. Returns its fold, and how many are new there. */
async function foldOwn(
  workspace: Workspace,
  target: RemoteTarget,
  model: ModelName,
  tip: ObjectId,
  before: ObjectId | undefined,
): Promise<readonly [FoldedModel, number]> {
  const events = await findUnpublished(workspace, model, tip, before);
  if (before !== undefined && events[0]?.parents[0] !== before) throw notDescending(target.label, model, tip, before);
  return [await foldAt(workspace, model, tip), events.length];
}

/** One SHA is one entry: a second manifest under it is a forgery (format §7.4). */
async function refuseOtherEntries(
  workspace: Workspace,
  target: RemoteTarget,
  { state }: FoldedModel,
  base: FoldedModel | undefined,
): Promise<void> {
  for (const { sha256, commit } of state.entries.values()) {
    if (base?.state.entries.has(sha256)) continue;
    const here = await workspace.refs.find({ kind: 'entry', sha256 });
    if (here !== undefined && here !== commit)
      throw tampered(target.label, state.model, `${sha256}: it has another manifest than the entry here`);
  }
}

/** What one model is at fault for. A history that is cut is no tampering: the clone lacks something. */
function asIssue(target: RemoteTarget, model: ModelName, error: RegistryError): RegistryError {
  switch (error.code) {
    case 'corrupt-event':
    case 'corrupt-object':
    case 'corrupt-entry':
      return tampered(target.label, model, error.message);
    case 'incomplete-history':
      return new RegistryError(error.code, `${model}: ${error.message}`, {
        data: { ...error.data, model },
        hint: `git registry pull --refetch ${model}`,
      });
    case 'remote-failed':
      return new RegistryError(error.code, `${model}: ${error.message}`, { data: { ...error.data, model } });
    default:
      return error;
  }
}
