/** Which model a command is about: the one named, else the default (SPEC rules of the CLI). */
import { RegistryError } from '../domain/errors.ts';
import { type ModelName, parseModelName } from '../domain/model-name.ts';
import { nearNames } from '../domain/near.ts';
import type { Workspace } from './workspace.ts';

/** Returns the default model: git config `registry.model`, registry.yaml's `model`, the only model there is. */
export async function findDefaultModel(workspace: Workspace): Promise<ModelName | undefined> {
  const configured = await workspace.settings.find('registry.model');
  if (configured !== undefined && configured !== '') return parseModelName(configured);
  const { model } = await workspace.settings.policy();
  if (model !== undefined) return model;
  const models = await workspace.log.models();
  return models.length === 1 ? models[0] : undefined;
}

/** Returns the model a user named, else the default one. Throws `bad-model-name`, `no-default-model`. */
export async function chooseModel(workspace: Workspace, named: string | undefined): Promise<ModelName> {
  if (named !== undefined) return parseModelName(named);
  const model = await findDefaultModel(workspace);
  if (model !== undefined) return model;
  const models = await workspace.log.models();
  const begin = workspace.past === undefined ? 'git registry init' : 'git registry list';
  throw new RegistryError(
    'no-default-model',
    models.length === 0
      ? `the registry has no model yet${whenOf(workspace)}`
      : `no model was named and there are several: ${listNames(models)}`,
    {
      hint: models.length === 0 ? await fetchHint(workspace, begin) : 'git config registry.model NAME',
      data: { models: models.slice(0, 20) },
    },
  );
}

/** Returns the fault for a model that has no log, naming near ones. */
export async function unknownModel(workspace: Workspace, model: ModelName): Promise<RegistryError> {
  const near = nearNames(model, await workspace.log.models());
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
  return new RegistryError('unknown-model', `model ${model}: not in this registry${whenOf(workspace)}${meant}`, {
    data: { model, near },
    hint: await fetchHint(workspace, 'git registry model list'),
  });
}

/** Returns the hint for what is not here: it may be on the registry's remote, where nothing of that was ever fetched. */
export async function fetchHint(workspace: Workspace, otherwise: string): Promise<string> {
  if (workspace.past !== undefined) return otherwise;
  const { findUnfetched } = await import('./sync/find-unfetched.ts');
  const remote = await findUnfetched(workspace);
  return remote === undefined ? otherwise : `git registry pull: nothing is known of ${remote} yet\n${otherwise}`;
}

/** Returns the instant at which the registry is looked at, for messages; empty where that is now. */
export function whenOf({ past }: Workspace): string {
  return past === undefined ? '' : ` at ${past.at}`;
}

function listNames(models: readonly ModelName[]): string {
  const shown = models.slice(0, 5).join(', ');
  return models.length > 5 ? `${shown} and ${models.length - 5} more` : shown;
}
