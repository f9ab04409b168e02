/** Brings the verified refs of a remote up to date (format §7.2). Nothing of the registry here changes. */
import type { RegistryError } from '../domain/errors.ts';
import { chooseRemote } from './sync/choose-remote.ts';
import { type AdvancedLog, fetchRemote } from './sync/fetch-remote.ts';
import type { Workspace } from './workspace.ts';

/** What to fetch. */
export interface FetchInput {
  /** `[REMOTE] [MODEL...]`. */
  readonly words: readonly string[];
}

/** What a fetch brought. */
export interface FetchResult {
  readonly remote: string;
  /** Logs that are new or have moved. */
  readonly advanced: readonly AdvancedLog[];
  /** Names under the registry's that are no refs of it. */
  readonly odd: readonly string[];
  readonly issues: readonly RegistryError[];
}

/** Fetches. What one model is at fault for is an issue; the others arrive. */
export async function fetch(workspace: Workspace, input: FetchInput): Promise<FetchResult> {
  const { target, models } = await chooseRemote(workspace, input.words);
  const { advanced, odd, issues } = await fetchRemote(workspace, target, { models });
  await workspace.repository.maintain({ remotes: true });
  return { remote: target.label, advanced, odd, issues };
}
