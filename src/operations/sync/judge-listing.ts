/** Judges the views that a remote lists against its logs (format §7.4). A listing is no snapshot: faults are looked at twice. */
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import { judgeViews, type ViewFault, type ViewJudgement } from '../../domain/settle/judge-views.ts';
import { type Layout, layoutOf } from '../../domain/settle/layout.ts';
import type { ModelState } from '../../domain/state.ts';
import { refKeyText, type View, viewsOf } from '../../domain/views.ts';
import type { FoldedModel } from '../../ports/fold-cache.ts';
import type { RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefListing } from '../../ports/ref-store.ts';
import type { Workspace } from '../workspace.ts';
import { findUnpublished } from './find-divergence.ts';
import { foldAt } from './fold-memo.ts';
import type { IncomingLogs } from './receive-logs.ts';
import type { Scope } from './scope.ts';
import { indexListing, type VerifiedRemote } from './verified-remote.ts';

/** What to judge. */
export interface JudgeRequest {
  readonly target: RemoteTarget;
  readonly verified: VerifiedRemote;
  readonly listing: RefListing;
  readonly scope: Scope;
  readonly incoming: IncomingLogs;
  readonly caps: RemoteCaps;
}

/** The verdict. */
export interface JudgedListing {
  /** `moved`: logs moved while the listing was looked at twice; what is not certain is left out. */
  readonly kind: 'judged' | 'moved';
  readonly layout: Layout;
  /** Listed views that the logs give, now or (stage, pending) at an earlier event. */
  readonly sound: readonly View[];
  readonly folded: ReadonlyMap<ModelName, FoldedModel>;
  readonly issues: readonly RegistryError[];
}

/** Judges. Views that are as they were verified need no judgement: logs only grow, and what they gave once they give. */
export async function judgeListing(workspace: Workspace, request: JudgeRequest): Promise<JudgedListing> {
  const { verified, scope, incoming } = request;
  const listed = viewsIn(request.listing, scope);
  if (isAsVerified(listed, verified, scope)) {
    const layout = await findLayout(workspace, request, listed);
    return { kind: 'judged', layout, sound: listed, folded: new Map(), issues: [] };
  }
  const folded = await foldVerified(workspace, request);
  const states = [...new Map([...folded, ...incoming.folded]).values()].map(({ state }) => state);
  const judgement = judge(request, states, listed);
  const bad = [...judgement.tampered, ...judgement.unknown];
  if (bad.length === 0) return conclude(request, 'judged', states, listed, judgement, folded);
  const again = await (await workspace.gitRemote()).list(request.target, request.caps);
  const isMoved = !sameLogs(request.listing, again);
  const second = judge(request, states, viewsIn(again, scope));
  const standing = standingIn(judgement, second);
  return conclude(
    request,
    isMoved ? 'moved' : 'judged',
    states,
    listed,
    isMoved ? without(standing) : standing,
    folded,
  );
}

function viewsIn(listing: RefListing, scope: Scope): readonly View[] {
  return listing.refs.flatMap(({ key, id }) => (key.kind !== 'log' && scope.hasKey(key) ? [{ key, target: id }] : []));
}

function isAsVerified(listed: readonly View[], { views }: VerifiedRemote, scope: Scope): boolean {
  const kept = [...views.values()].filter(({ key }) => scope.hasKey(key));
  return (
    kept.length === listed.length && listed.every(({ key, target }) => views.get(refKeyText(key))?.target === target)
  );
}

/** Without an entry ref the logs tell: a registered entry there makes it layout `log`. */
async function findLayout(workspace: Workspace, request: JudgeRequest, listed: readonly View[]): Promise<Layout> {
  if (listed.some(({ key }) => key.kind === 'entry')) return 'all';
  const { verified, incoming } = request;
  if (
    layoutOf(
      [...incoming.folded.values()].map(({ state }) => state),
      [],
    ) === 'log'
  )
    return 'log';
  for (const [model, tip] of verified.logs) {
    const local = await workspace.refs.find({ kind: 'log', model });
    // The fold of the log here is at hand; what of it the remote has is told by the number of events beyond.
    const beyond =
      local === undefined || local === tip ? 0 : (await findUnpublished(workspace, model, local, tip)).length;
    const { state } = await foldAt(workspace, model, local === undefined || beyond === 0 ? tip : local);
    for (const { registered } of state.entries.values())
      if (registered !== undefined && registered.seq < state.events - beyond) return 'log';
  }
  return 'all';
}

/** Folds the logs that have not moved, as they were verified. */
async function foldVerified(
  workspace: Workspace,
  { verified, incoming }: JudgeRequest,
): Promise<ReadonlyMap<ModelName, FoldedModel>> {
  const folded = new Map<ModelName, FoldedModel>();
  for (const [model, tip] of verified.logs) {
    if (!incoming.folded.has(model)) folded.set(model, await foldAt(workspace, model, tip));
  }
  return folded;
}

function judge(request: JudgeRequest, states: readonly ModelState[], listed: readonly View[]): ViewJudgement {
  const { verified, scope, incoming, listing } = request;
  // Out of scope: their logs may be newer than what is verified, and entries theirs.
  const behind = listing.refs.flatMap(({ key, id }) =>
    key.kind === 'log' && !incoming.folded.has(key.model) && verified.logs.get(key.model) !== id ? [key.model] : [],
  );
  return judgeViews({
    layout: layoutOf(states, listed),
    states,
    unreadable: new Set([...incoming.unreadable, ...behind]),
    listed,
    verified: [...verified.views.values()].filter(({ key }) => scope.hasKey(key)),
  });
}

function standingIn(first: ViewJudgement, second: ViewJudgement): ViewJudgement {
  const text = ({ key, found }: ViewFault): string => `${refKeyText(key)} ${found}`;
  const still = new Set([...second.tampered, ...second.unknown].map(text));
  return {
    ...first,
    tampered: first.tampered.filter((fault) => still.has(text(fault))),
    unknown: first.unknown.filter((fault) => still.has(text(fault))),
  };
}

function without(judgement: ViewJudgement): ViewJudgement {
  return { ...judgement, tampered: [], unknown: [] };
}

function sameLogs(one: RefListing, other: RefListing): boolean {
  const [a, b] = [indexListing(one.refs).logs, indexListing(other.refs).logs];
  return a.size === b.size && [...a].every(([model, tip]) => b.get(model) === tip);
}

function conclude(
  { target }: JudgeRequest,
  kind: JudgedListing['kind'],
  states: readonly ModelState[],
  listed: readonly View[],
  judgement: ViewJudgement,
  folded: ReadonlyMap<ModelName, FoldedModel>,
): JudgedListing {
  const given = new Map(states.flatMap(viewsOf).map(({ key, target: id }) => [refKeyText(key), id]));
  const lagging = new Set(judgement.cutPush.map(({ key }) => refKeyText(key)));
  const sound = listed.filter(({ key, target: id }) => {
    const text = refKeyText(key);
    return given.get(text) === id || (lagging.has(text) && (key.kind === 'stage' || key.kind === 'pending'));
  });
  const issues = [
    ...judgement.tampered.map((fault) => tamperedView(target, fault)),
    ...judgement.unknown.map((fault) => unloggedView(target, fault)),
    ...judgement.twoManifests.map((sha256) => twoManifests(target, sha256)),
  ];
  return { kind, layout: layoutOf(states, listed), sound, folded, issues };
}

function subjectOf(key: ViewFault['key']): string {
  switch (key.kind) {
    case 'entry':
      return `entry ${key.sha256.slice(0, 12)}`;
    case 'version':
      return `${key.model} ${key.version}`;
    case 'stage':
      return `${key.model} ${key.slot}`;
    case 'log':
      return `log of ${key.model}`;
    default:
      return `${key.kind} ${key.sha256.slice(0, 12)} of ${key.model}`;
  }
}

function tamperedView({ label }: RemoteTarget, { key, expected, found }: ViewFault): RegistryError {
  const what = found === null ? 'it is gone' : `expected ${expected ?? 'nothing'}, got ${found}`;
  return new RegistryError('remote-tampered', `remote ${label}, ${subjectOf(key)}: ${what}`, {
    data: { remote: label, ref: key, expected, found },
    hint: `what is known here is kept; to put ours back: git registry push --repair ${label}`,
  });
}

function unloggedView({ label }: RemoteTarget, { key, found }: ViewFault): RegistryError {
  return new RegistryError('unlogged-view', `remote ${label}, ${subjectOf(key)}: no log there gives it; not fetched`, {
    data: { remote: label, ref: key, found },
  });
}

function twoManifests({ label }: RemoteTarget, sha256: string): RegistryError {
  return new RegistryError(
    'remote-tampered',
    `remote ${label}, entry ${sha256.slice(0, 12)}: two manifests under one SHA`,
    {
      data: { remote: label, sha256 },
    },
  );
}
