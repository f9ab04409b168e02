/** Puts right what can be: views from logs, the cache's names, and what killed processes left behind. */

import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';
import type { CacheFile } from '../domain/manifest.ts';
import type { ModelState } from '../domain/state.ts';
import type { RefUpdate } from '../ports/ref-store.ts';
import { readManifest } from './read-entry.ts';
import { findModel } from './read-model.ts';
import { compareViews, type ViewDifference } from './verify-views.ts';
import type { Workspace } from './workspace.ts';

/** What was put right, and what could not be. */
export interface RepairResult {
  /** Refs made, moved or removed so that they are what the logs give. */
  readonly views: readonly string[];
  /** Cached objects whose bytes were bad, moved to quarantine. */
  readonly quarantined: readonly string[];
  /** Cached objects that got their second name back. */
  readonly relinked: readonly Sha256[];
  /** Stale locks and temporary files that were removed. */
  readonly swept: readonly string[];
  /** Findings that are beyond repair here. */
  readonly left: readonly Finding[];
  readonly dryRun: boolean;
}

/** Temporary files of the cache are stale after a day. */
const STALE = 24 * 60 * 60 * 1000;

/** Repairs. With `weights`, every cached byte is read. Damage that a log cannot mend is left and named. */
export async function repair(
  workspace: Workspace,
  input: { readonly weights: boolean; readonly dryRun: boolean },
): Promise<RepairResult> {
  const swept = input.dryRun ? [] : await workspace.repository.sweepLeftovers();
  const { states, unreadable, left } = await readAll(workspace);
  const { differences, odd } = await compareViews(workspace, states, unreadable);
  const mendable = differences.filter(isMendable);
  const views = input.dryRun ? mendable.map(({ finding }) => finding.subject) : await mendViews(workspace, mendable);
  const cache = await repairCache(workspace, states, input);
  const kept = differences.filter((difference) => !isMendable(difference)).map(({ finding }) => finding);
  return { views, ...cache, swept: [...swept, ...cache.swept], left: [...left, ...kept, ...odd], dryRun: input.dryRun };
}

function isMendable(difference: ViewDifference): boolean {
  return difference.finding.code === 'view-missing' || difference.finding.code === 'view-stale';
}

async function readAll(
  workspace: Workspace,
): Promise<{ readonly states: ModelState[]; readonly unreadable: Set<string>; readonly left: Finding[] }> {
  const states: ModelState[] = [];
  const unreadable = new Set<string>();
  const left: Finding[] = [];
  for (const model of await workspace.log.models()) {
    try {
      const folded = await findModel(workspace, model);
      if (folded !== undefined) states.push(folded.state);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      unreadable.add(model);
      left.push({ code: 'event-broken-chain', severity: 'corrupt', subject: model, message: error.message });
    }
  }
  return { states, unreadable, left };
}

/** Each view moves from what was found, so a writer at work in between is never overwritten; what moved stays for the next run. */
async function mendViews(workspace: Workspace, differences: readonly ViewDifference[]): Promise<readonly string[]> {
  const mended: string[] = [];
  const batch = 500;
  for (let start = 0; start < differences.length; start += batch) {
    const part = differences.slice(start, start + batch);
    const updates = part.map(({ key, expected, found }): RefUpdate => ({ key, old: found, next: expected }));
    const outcome = await workspace.refs.apply(updates);
    if (outcome.kind === 'moved' && outcome.locked) {
      throw new RegistryError('locked', `repair: ${outcome.message}`, {
        hint: 'run git registry repair again in a minute',
      });
    }
    if (outcome.kind === 'applied') mended.push(...part.map(({ finding }) => finding.subject));
  }
  return mended;
}

async function repairCache(
  workspace: Workspace,
  states: readonly ModelState[],
  input: { readonly weights: boolean; readonly dryRun: boolean },
): Promise<Pick<RepairResult, 'quarantined' | 'relinked' | 'swept'>> {
  const quarantined: string[] = [];
  const relinked: Sha256[] = [];
  const weights = await workspace.weights();
  for (const file of input.weights ? await cachedFiles(workspace, states) : []) {
    const state = await weights.inspect(file, { hash: true, progress: workspace.progress });
    if (state.kind === 'corrupt') quarantined.push(...(input.dryRun ? [state.path] : await weights.quarantine(file)));
    if (state.kind === 'half') {
      relinked.push(file.sha256);
      if (!input.dryRun) await weights.relink(file);
    }
  }
  const removed = input.dryRun ? 0 : await weights.sweep(workspace.clock.now() - STALE);
  return { quarantined, relinked, swept: removed === 0 ? [] : [`${removed} temporary files of the cache`] };
}

async function cachedFiles(workspace: Workspace, states: readonly ModelState[]): Promise<readonly CacheFile[]> {
  const files = new Map<Sha256, CacheFile>();
  for (const { entries } of states) {
    for (const entry of entries.values()) {
      for (const file of (await readManifest(workspace, entry)).files)
        if (file.store === 'cache') files.set(file.sha256, file);
    }
  }
  return [...files.values()];
}
