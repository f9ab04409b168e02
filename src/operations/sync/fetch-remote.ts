/**
 * Brings what a remote has into `refs/registry-remote/` (format §7.2): listed, downloaded into quarantine, verified, then
 * one transaction. A log that does not hold up is named and left out; the others arrive.
 */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { Layout } from '../../domain/settle/layout.ts';
import type { FoldedModel } from '../../ports/fold-cache.ts';
import type { RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefListing } from '../../ports/ref-store.ts';
import type { Workspace } from '../workspace.ts';
import { withFoldMemo } from './fold-memo.ts';
import { judgeListing } from './judge-listing.ts';
import { planVerifiedRefs } from './plan-verified-refs.ts';
import { readCaps } from './read-caps.ts';
import { type IncomingLogs, receiveLogs } from './receive-logs.ts';
import { Scope } from './scope.ts';
import { indexListing, type VerifiedRemote } from './verified-remote.ts';

/** What to fetch. */
export interface FetchOptions {
  /** Empty: all. */
  readonly models?: readonly ModelName[];
  /** Download everything again, also what is here. */
  readonly afresh?: boolean;
  /** Take the log of this model as it is, though it does not descend from what was verified. */
  readonly trust?: ModelName;
}

/** A log that was made or moved among the verified refs. */
export interface AdvancedLog {
  readonly model: ModelName;
  /** Events before (0: it is new) and after. */
  readonly from: number;
  readonly to: number;
}

/** What a remote has, as verified just now. */
export interface FetchedRemote {
  readonly target: RemoteTarget;
  readonly layout: Layout;
  readonly advanced: readonly AdvancedLog[];
  /** What it lists. */
  readonly listing: RefListing;
  /** Names that are no refs of the registry (format §5). */
  readonly odd: readonly string[];
  /** The tips of its verified logs. */
  readonly logs: ReadonlyMap<ModelName, ObjectId>;
  /** Its verified logs, folded, as far as this run had to. */
  readonly folded: ReadonlyMap<ModelName, FoldedModel>;
  /** Models whose log is not what it was verified to be, or could not be had. */
  readonly unreadable: ReadonlySet<ModelName>;
  readonly issues: readonly RegistryError[];
  /** Logs as a push would leave them there: what a dry run counts views and tags by. */
  readonly outgoing?: ReadonlyMap<ModelName, FoldedModel>;
}

const ATTEMPTS = 5;

/** Fetches. Throws what the remote as a whole is at fault for; what one model is at fault for is an issue. */
export async function fetchRemote(
  given: Workspace,
  target: RemoteTarget,
  options: FetchOptions = {},
): Promise<FetchedRemote> {
  const workspace = withFoldMemo(given);
  const caps = await readCaps(workspace);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const fetched = await tryFetch(workspace, target, options, caps, attempt === ATTEMPTS - 1);
    if (fetched !== undefined) return fetched;
    await workspace.clock.backOff(attempt);
  }
  throw new RegistryError('contended', `remote ${target.label}: others kept moving what was verified of it`, {
    hint: 'run the command again',
  });
}

/** Returns undefined where it must start over: the verified refs have moved, or the remote has while it was judged. */
async function tryFetch(
  workspace: Workspace,
  target: RemoteTarget,
  options: FetchOptions,
  caps: RemoteCaps,
  isLast: boolean,
): Promise<FetchedRemote | undefined> {
  const [remote, refs] = [await workspace.gitRemote(), await workspace.syncRefs()];
  // Read before the listing: what is verified in between by another process is newer than what is listed here.
  const verified: VerifiedRemote = indexListing(await refs.verified(target.name));
  const listing = await remote.list(target, caps);
  const scope = new Scope(options.models ?? []);
  for (const model of options.models ?? []) await refuseUnknown(workspace, target, model, listing);
  const incoming = await receiveLogs(workspace, { target, verified, listing, scope, caps, ...options });
  try {
    const judged = await judgeListing(workspace, { target, verified, listing, scope, incoming, caps });
    if (judged.kind === 'moved' && !isLast) return undefined;
    const known = [...verified.logs.values()];
    await incoming.keep(
      [...incoming.folded.values()].map(({ tip }) => tip),
      known,
    );
    const updates = planVerifiedRefs({ target, verified, scope, incoming, judged, trust: options.trust });
    if ((await refs.apply(updates)).kind === 'moved') return undefined;
    return report(target, listing, verified, incoming, judged);
  } finally {
    await incoming.close();
  }
}

/** A word that names no remote was taken for a model. */
async function refuseUnknown(
  workspace: Workspace,
  target: RemoteTarget,
  model: ModelName,
  listing: RefListing,
): Promise<void> {
  const isThere = listing.refs.some(({ key }) => key.kind === 'log' && key.model === model);
  if (isThere || (await workspace.refs.find({ kind: 'log', model })) !== undefined) return;
  const verified = { place: 'verified', remote: target.name, key: { kind: 'log', model } } as const;
  if ((await (await workspace.syncRefs()).find(verified)) !== undefined) return;
  throw new RegistryError('unknown-model', `${model}: no remote, and no model here or on ${target.label}`, {
    data: { model, remote: target.label },
    hint: 'git remote -v',
  });
}

function report(
  target: RemoteTarget,
  listing: RefListing,
  verified: VerifiedRemote,
  incoming: IncomingLogs,
  judged: Awaited<ReturnType<typeof judgeListing>>,
): FetchedRemote {
  const advanced = [...incoming.folded].flatMap(([model, { tip, state }]): readonly AdvancedLog[] => {
    const before = verified.logs.get(model);
    return before === tip ? [] : [{ model, from: incoming.eventsBefore.get(model) ?? 0, to: state.events }];
  });
  return {
    target,
    layout: judged.layout,
    advanced,
    listing,
    logs: new Map([...verified.logs, ...[...incoming.folded].map(([model, { tip }]) => [model, tip] as const)]),
    odd: listing.odd.map(({ name }) => name),
    folded: new Map([...judged.folded, ...incoming.folded]),
    unreadable: incoming.unreadable,
    issues: [...incoming.issues, ...judged.issues],
  };
}
