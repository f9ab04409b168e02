/** The audit log, oldest first. */

import type { LoggedEvent } from '../domain/event.ts';
import type { ChainLink } from '../domain/event-chain.ts';
import { type ModelName, parseModelName } from '../domain/model-name.ts';
import { findDefaultModel } from './choose-model.ts';
import { findManifestFacts } from './log-index.ts';
import { readLog } from './read-log.ts';
import { getModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** One event with what became of it. */
export interface LogRow {
  readonly model: ModelName;
  readonly seq: number;
  readonly commit: ChainLink['commit'];
  /** SHA-256 of the event's JSON bytes. */
  readonly digest: LoggedEvent['digest'];
  /** The event's own JSON text. */
  readonly json: string;
  readonly event: LoggedEvent['event'];
  readonly ineffective: string | null;
}

/** The seed's index line (format §6.8). */
export interface IndexLine {
  readonly canonical_sha: string;
  readonly semver: string | null;
  readonly mlflow_run_id: string | null;
  readonly mlflow_model_version: string | null;
  readonly timestamp: string;
  readonly registrar: string;
  readonly parent_sha: string | null;
}

/** Yields the events of a model, or of all models one after the other. Throws `unknown-model`. */
export async function* log(
  workspace: Workspace,
  input: { readonly model?: string; readonly all: boolean },
): AsyncIterable<LogRow> {
  for (const model of await modelsFor(workspace, input)) {
    for await (const { link, ineffective } of readLog(workspace, model)) {
      const { event, json, digest, commit } = link;
      yield { model, seq: event.seq, commit, digest, json, event, ineffective: ineffective ?? null };
    }
  }
}

async function modelsFor(
  workspace: Workspace,
  input: { readonly model?: string; readonly all: boolean },
): Promise<readonly ModelName[]> {
  const named = input.model === undefined ? undefined : parseModelName(input.model);
  const model = named ?? (input.all ? undefined : await findDefaultModel(workspace));
  if (model === undefined) return workspace.log.models();
  await getModel(workspace, model);
  return [model];
}

/** Yields the seed's index: a line for each event that gives a version, or registers without one (format §6.8). */
export async function* logIndex(
  workspace: Workspace,
  input: { readonly model?: string; readonly all: boolean },
): AsyncIterable<IndexLine> {
  for (const model of await modelsFor(workspace, input)) {
    for await (const { link, ineffective, state } of readLog(workspace, model)) {
      const { event } = link;
      if (ineffective !== undefined || (event.kind !== 'register' && event.kind !== 'promote')) continue;
      if (event.kind === 'register' && event.pending) continue;
      const entry = state.entries.get(event.sha256);
      if (entry === undefined) continue;
      const facts = await findManifestFacts(workspace, entry);
      const mlflow = event.kind === 'register' ? event.mlflow : entry.mlflow;
      yield {
        canonical_sha: event.sha256,
        semver: event.version ?? null,
        mlflow_run_id: mlflow?.run_id ?? facts.runId,
        mlflow_model_version: mlflow?.model_version ?? null,
        timestamp: event.at,
        registrar: event.by.email,
        parent_sha: facts.parent,
      };
    }
  }
}
