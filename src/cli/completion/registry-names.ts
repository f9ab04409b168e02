/** The names that completion offers: from the refs, because a fold of a log takes too long under a finger on Tab. */
import { RegistryError } from '../../domain/errors.ts';
import { type ModelName, parseModelName } from '../../domain/model-name.ts';
import type { Version } from '../../domain/version.ts';
import type { Workspace } from '../../operations/workspace.ts';
import type { CompletionSource } from './complete-words.ts';

/** Returns a source over a registry. Where it cannot answer (no repository, a name that is none) there are no names. */
export function registryNames(open: () => Promise<Workspace>): CompletionSource {
  return {
    models: () => orNone(async () => (await open()).log.models()),
    versions: (model) => orNone(async () => listVersions(await open(), model)),
    stages: (model) => orNone(async () => listStages(await open(), model)),
    files: (spec, model) => orNone(async () => listFiles(await open(), spec, model)),
  };
}

async function orNone(names: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await names();
  } catch (error) {
    // A shell shows nothing of an error here but a broken line.
    if (error instanceof RegistryError) return [];
    throw error;
  }
}

async function findModelName(workspace: Workspace, model: string | undefined): Promise<ModelName | undefined> {
  if (model !== undefined) return parseModelName(model);
  const { findDefaultModel } = await import('../../operations/choose-model.ts');
  return findDefaultModel(workspace);
}

async function listVersions(workspace: Workspace, named: string | undefined): Promise<readonly string[]> {
  const model = await findModelName(workspace, named);
  if (model === undefined) return [];
  const { refs } = await workspace.refs.list({ kind: 'version', model });
  const versions = refs.flatMap(({ key }): readonly Version[] => (key.kind === 'version' ? [key.version] : []));
  const { compareVersions } = await import('../../domain/version-order.ts');
  return versions.sort((a, b) => compareVersions(b, a));
}

async function listStages(workspace: Workspace, named: string | undefined): Promise<readonly string[]> {
  const [model, policy] = await Promise.all([findModelName(workspace, named), workspace.settings.policy()]);
  if (model === undefined) return policy.stages;
  const { refs } = await workspace.refs.list({ kind: 'stage', model });
  return [...new Set([...policy.stages, ...refs.flatMap(({ key }) => (key.kind === 'stage' ? [key.slot] : []))])];
}

async function listFiles(workspace: Workspace, spec: string, model: string | undefined): Promise<readonly string[]> {
  const [{ resolveSpec }, { readManifest }] = await Promise.all([
    import('../../operations/resolve-spec.ts'),
    import('../../operations/read-entry.ts'),
  ]);
  const { entry } = await resolveSpec(workspace, spec, model);
  return (await readManifest(workspace, entry)).files.map(({ path }) => path);
}
