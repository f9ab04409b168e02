/** The seed's tags.json: version to canonical SHA, for every model or one. */
import type { Sha256 } from '../domain/digest.ts';
import { parseModelName } from '../domain/model-name.ts';
import { compareVersions } from '../domain/version-order.ts';
import { findModels, getModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** By model, then by version, ascending. */
export type TagsResult = Readonly<Record<string, Readonly<Record<string, Sha256>>>>;

/** Reads all versions. Throws `unknown-model`. */
export async function tags(workspace: Workspace, input: { readonly model?: string }): Promise<TagsResult> {
  if (input.model !== undefined) await getModel(workspace, parseModelName(input.model));
  const models = input.model === undefined ? await workspace.log.models() : [parseModelName(input.model)];
  const result: Record<string, Readonly<Record<string, Sha256>>> = {};
  for await (const { state } of findModels(workspace, models)) {
    const versions = [...state.versions];
    result[state.model] = Object.fromEntries(
      versions.sort(([a], [b]) => compareVersions(a, b)).map(([version, { sha256 }]) => [version, sha256]),
    );
  }
  return result;
}
