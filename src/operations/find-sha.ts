/** Entries by SHA across all models. Refs answer first; where a view is missing the logs decide (format §6.4). */
import type { Sha256 } from '../domain/digest.ts';
import type { FoldedModel } from '../ports/fold-cache.ts';
import { findModels } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** Returns the SHAs, registered or pending, that start with some digits. */
export async function findShasByPrefix(workspace: Workspace, prefix: string): Promise<readonly Sha256[]> {
  const found = new Set<Sha256>();
  const entries = await workspace.refs.list({ kind: 'entries', prefix });
  for (const { key } of entries.refs) if (key.kind === 'entry') found.add(key.sha256);
  const pending = await workspace.refs.list({ kind: 'pending' });
  for (const { key } of pending.refs)
    if (key.kind === 'pending' && key.sha256.startsWith(prefix)) found.add(key.sha256);
  if (found.size === 0) for (const sha256 of await searchLogs(workspace, prefix)) found.add(sha256);
  return [...found];
}

async function searchLogs(workspace: Workspace, prefix: string): Promise<readonly Sha256[]> {
  const found: Sha256[] = [];
  for await (const { state } of findModels(workspace, await workspace.log.models()))
    for (const sha256 of state.entries.keys()) if (sha256.startsWith(prefix)) found.push(sha256);
  return found;
}

/** Returns the models whose state has the SHA, in any status. */
export async function findModelsOf(workspace: Workspace, sha256: Sha256): Promise<readonly FoldedModel[]> {
  const models: FoldedModel[] = [];
  const commit = await workspace.refs.find({ kind: 'entry', sha256 });
  // A candidate has no sha/ ref, and a view may be missing: then every log is asked.
  const candidates =
    commit === undefined ? await workspace.log.models() : await workspace.log.modelsContaining([commit]);
  for await (const folded of findModels(workspace, candidates))
    if (folded.state.entries.has(sha256)) models.push(folded);
  return models;
}
