/** Answers "which exact entry is that": a SPEC to its canonical SHA. */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { Version } from '../domain/version.ts';
import { refuseTombstoned, resolveSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** The entry that a SPEC names. */
export interface ResolveResult {
  readonly sha256: Sha256;
  readonly model: ModelName;
  readonly version: Version | null;
  readonly commit: ObjectId;
}

/** Resolves. Throws `unknown-spec` and the like, `tombstoned` unless allowed. */
export async function resolve(
  workspace: Workspace,
  input: { readonly spec: string; readonly model?: string; readonly allowTombstoned: boolean },
): Promise<ResolveResult> {
  const named = await resolveSpec(workspace, input.spec, input.model);
  if (!input.allowTombstoned) refuseTombstoned(named);
  const { entry, model, version } = named;
  return { sha256: entry.sha256, model, version: version ?? entry.versions.at(-1) ?? null, commit: entry.commit };
}
