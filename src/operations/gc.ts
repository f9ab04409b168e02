/** Housekeeping: expires candidates by events, removes cached bytes that nothing refers to. */
import type { Sha256 } from '../domain/digest.ts';
import type { ModelName } from '../domain/model-name.ts';
import { type EntryState, isExpired } from '../domain/state.ts';
import { appendEvents } from './append-events.ts';
import { findModel } from './read-model.ts';
import { referencedWeights } from './referenced-weights.ts';
import type { Workspace } from './workspace.ts';

/** What to collect. */
export interface GcInput {
  /** Expire only candidates at least this old (ms), even where their own time is over earlier. */
  readonly pendingTtl?: number;
  readonly weights: boolean;
  readonly dryRun: boolean;
}

/** What was collected. */
export interface GcResult {
  readonly expired: readonly { readonly model: ModelName; readonly sha256: Sha256; readonly expires: string | null }[];
  readonly removed: readonly { readonly sha256: Sha256; readonly bytes: number }[];
  /** Bytes of unreferenced objects that are younger than the grace period. */
  readonly young: number;
  readonly dryRun: boolean;
}

/** Unreferenced bytes stay this long: a registration under way, or one on another branch of work, may need them. */
const GRACE = 14 * 24 * 60 * 60 * 1000;

/** Collects. */
export async function gc(workspace: Workspace, input: GcInput): Promise<GcResult> {
  const expired: GcResult['expired'][number][] = [];
  for (const model of await workspace.log.models()) expired.push(...(await expireCandidates(workspace, model, input)));
  const { removed, young } = input.weights ? await collectWeights(workspace, input.dryRun) : { removed: [], young: 0 };
  return { expired, removed, young, dryRun: input.dryRun };
}

async function expireCandidates(workspace: Workspace, model: ModelName, input: GcInput): Promise<GcResult['expired']> {
  const now = new Date(workspace.clock.now()).toISOString();
  const folded = await findModel(workspace, model);
  // Most models have no candidate: no lock, no identity, no event then.
  if (folded === undefined || overdue([...folded.state.entries.values()], now, input.pendingTtl).length === 0)
    return [];
  return appendEvents<GcResult['expired']>(workspace, model, ({ state, at }) => {
    const candidates = overdue([...state.entries.values()], at, input.pendingTtl);
    const answer = candidates.map(({ sha256, expires }) => ({ model, sha256, expires: expires ?? null }));
    if (input.dryRun || candidates.length === 0) return { kind: 'answer', answer };
    const events = candidates.map(({ sha256, commit }) => ({
      body: { kind: 'expire' as const, sha256 },
      entryCommit: commit,
    }));
    return { kind: 'append', events, answer: () => answer };
  });
}

function overdue(entries: readonly EntryState[], at: string, ttl: number | undefined): readonly EntryState[] {
  return entries.filter((entry) => {
    if (entry.status !== 'pending' || !isExpired(entry, at)) return false;
    return ttl === undefined || Date.parse(at) - Date.parse(entry.first.at) >= ttl;
  });
}

async function collectWeights(workspace: Workspace, dryRun: boolean): Promise<Pick<GcResult, 'removed' | 'young'>> {
  const weights = await workspace.weights();
  // Former occupants keep their bytes even with a tombstone: they served, and someone may have to replay what they said.
  const referenced = await referencedWeights(
    workspace,
    (entry) => entry.status !== 'expired' || entry.occupied.length > 0,
  );
  const removed: GcResult['removed'][number][] = [];
  let young = 0;
  for await (const object of weights.list()) {
    if (referenced.has(object.sha256)) continue;
    if (workspace.clock.now() - object.changedAt < GRACE) {
      young += object.bytes;
      continue;
    }
    removed.push({ sha256: object.sha256, bytes: object.bytes });
    if (!dryRun) await weights.remove(object);
  }
  return { removed, young };
}
