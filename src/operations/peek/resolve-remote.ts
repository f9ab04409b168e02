/**
 * `resolve --remote`: where the remote has views, a listing of a few names and the one entry that they name; else the model's
 * log, whole. Views are the remote's word: what the short way answers was recomputed from the entry, not from the log.
 */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { type ModelName, parseModelName } from '../../domain/model-name.ts';
import type { RefKey } from '../../domain/ref-key.ts';
import { isShaPrefix, parseSpec, type Spec } from '../../domain/selector.ts';
import { isSlotName } from '../../domain/state.ts';
import { findVersion, type Version } from '../../domain/version.ts';
import { latestRelease } from '../../domain/version-order.ts';
import type { RefWish } from '../../ports/git-remote.ts';
import type { RefEntry } from '../../ports/ref-store.ts';
import { findDefaultModel } from '../choose-model.ts';
import { type ResolveResult, resolve } from '../resolve.ts';
import { verifyEntry } from '../verify-entry.ts';
import { chooseLog } from './choose-log.ts';
import { withLogs } from './open-logs.ts';
import {
  inFormatOf,
  listRefs,
  type OpenPeek,
  type Peeked,
  type RemoteRegistry,
  withRemote,
} from './remote-registry.ts';

/** What to resolve. */
export interface ResolveRemoteInput {
  readonly spec: string;
  readonly remote: string;
  readonly allowTombstoned: boolean;
  /** Take the log, whatever the listing offers. */
  readonly verify: boolean;
}

/** The entry, and what of the answer was checked. */
export interface ResolveRemoteResult extends ResolveResult {
  readonly remote: Peeked;
}

/** Resolves. Throws `unknown-spec` and the like, `tombstoned` unless allowed, `no-remote`, `remote-tampered`. */
export function resolveRemote(open: OpenPeek, input: ResolveRemoteInput): Promise<ResolveRemoteResult> {
  return withRemote(open, input.remote, async (remote) => {
    const spec = parseSpec(input.spec);
    const quick = input.verify ? undefined : await resolveByViews(open, remote, spec, input.allowTombstoned);
    if (quick !== undefined) return quick;
    return withLogs(open, remote, chooseLog(spec), async (workspace) => ({
      ...(await resolve(workspace, input)),
      remote: { label: remote.target.label, verified: true, checked: 'log' },
    }));
  });
}

/** What the listing of a model's names says. */
interface Named {
  readonly key: RefKey;
  readonly version: Version | null;
  readonly isTombstoned: boolean;
}

/** Undefined where views do not answer: no such kind of name, no such view, or no model to look in. */
async function resolveByViews(
  open: OpenPeek,
  remote: RemoteRegistry,
  spec: Spec,
  allowTombstoned: boolean,
): Promise<ResolveRemoteResult | undefined> {
  const model = spec.model === undefined ? await findDefault(remote) : parseModelName(spec.model);
  const wish = model === undefined ? undefined : wishOf(spec.target, model);
  if (model === undefined || wish === undefined) return undefined;
  const tombstones: RefWish = { kind: 'below', filter: { kind: 'tombstone', model } };
  const refs = await listRefs(remote, [wish, tombstones]);
  const named = readViews(refs, wish);
  if (named === undefined) return undefined;
  const { id } = named;
  return inFormatOf(open, remote, id, async (inFormat) => {
    const result = await readEntry(inFormat, named.key, model, named.version);
    if (result !== undefined && named.isTombstoned && !allowTombstoned) throw tombstoned(result);
    return result;
  });
}

/** The only model there is would take a listing of its own; the log way makes it. */
async function findDefault({ workspace }: RemoteRegistry): Promise<ModelName | undefined> {
  return findDefaultModel(workspace);
}

function wishOf(target: string, model: ModelName): RefWish | undefined {
  const version = findVersion(target);
  if (version !== undefined) return { kind: 'ref', key: { kind: 'version', model, version } };
  if (target === 'latest') return { kind: 'below', filter: { kind: 'version', model } };
  // Digits may be a SHA: the log knows.
  if (isSlotName(target) && !isShaPrefix(target)) return { kind: 'ref', key: { kind: 'stage', model, slot: target } };
  return undefined;
}

/** `latest` passes over versions whose entry has a tombstone. */
function readViews(refs: readonly RefEntry[], wish: RefWish): (Named & { readonly id: ObjectId }) | undefined {
  const gone = new Set(refs.flatMap(({ key, id }) => (key.kind === 'tombstone' ? [id] : [])));
  const views = refs.filter(({ key }) => key.kind === (wish.kind === 'ref' ? wish.key.kind : 'version'));
  if (wish.kind === 'ref') {
    const [view] = views;
    if (view === undefined) return undefined;
    const version = view.key.kind === 'version' ? view.key.version : null;
    return { ...view, version, isTombstoned: gone.has(view.id) };
  }
  const usable = views.filter(({ id }) => !gone.has(id));
  const version = latestRelease(usable.flatMap(({ key }) => (key.kind === 'version' ? [key.version] : [])));
  const view = usable.find(({ key }) => key.kind === 'version' && key.version === version);
  return view === undefined || version === undefined ? undefined : { ...view, version, isTombstoned: false };
}

/** Recomputes the entry byte for byte (format §4.4). Undefined where its ref went since the listing. */
async function readEntry(
  { workspace, target, caps }: RemoteRegistry,
  key: RefKey,
  model: ModelName,
  version: Version | null,
): Promise<ResolveRemoteResult | undefined> {
  const entry = await (await workspace.gitRemote()).downloadEntry(target, key, caps);
  if (entry === undefined) return undefined;
  try {
    const { findings, sha256 } = await verifyEntry({ ...workspace, objects: entry.objects }, entry.commit);
    const [bad] = findings;
    if (bad !== undefined || sha256 === undefined) {
      throw new RegistryError('remote-tampered', `remote ${target.label}, ${model}: entry ${bad?.message}`, {
        data: { remote: target.label, model, finding: bad?.code },
      });
    }
    const remote = { label: target.label, verified: false, checked: 'entry' } as const;
    return { sha256, model, version, commit: entry.commit, remote };
  } finally {
    await entry.close();
  }
}

function tombstoned({ sha256, model }: ResolveRemoteResult): RegistryError {
  return new RegistryError('tombstoned', `${sha256.slice(0, 12)} has a tombstone on the remote`, {
    data: { sha256, model },
    hint: 'add --allow-tombstoned to use it all the same',
  });
}
