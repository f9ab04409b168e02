/** Prepares a repository: registry.yaml (or git config in a bare one), the default model, and quiet decorations. */
import { RegistryError } from '../domain/errors.ts';
import { type ModelName, parseModelName } from '../domain/model-name.ts';
import { createModel } from './create-model.ts';
import { findModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** What to prepare. `folder` is the name taken when no model is named. */
export interface InitInput {
  readonly model?: string;
  readonly folder: string;
  readonly allowSimilar: boolean;
}

/** What was done. */
export interface InitResult {
  readonly model: ModelName;
  /** The model's log was started. */
  readonly created: boolean;
  /** registry.yaml was written. */
  readonly wrotePolicy: boolean;
  /** The default model from now on: one that was configured before stays. */
  readonly defaultModel: ModelName;
  /** Where the default model is kept. */
  readonly policy: 'registry.yaml' | 'git config';
}

/** Initialises; again is nothing to do. Throws `bad-model-name`, `model-collides`, `no-identity`. */
export async function init(workspace: Workspace, input: InitInput): Promise<InitResult> {
  const { repository, settings } = workspace;
  const policy = await settings.policy();
  const configured = await findConfigured(workspace);
  const model = chooseName(input, configured ?? policy.model, policy.stages);
  const exists = (await findModel(workspace, model)) !== undefined;
  if (!exists) await createModel(workspace, { name: model, tags: {}, allowSimilar: input.allowSimilar });
  // `git log` decorates commits with every ref it meets; the registry's would bury the user's branches.
  await repository.hideDecorations();
  const wrotePolicy = !repository.isBare && (await repository.createText('registry.yaml', policyText(model)));
  return {
    model,
    created: !exists,
    wrotePolicy,
    ...(await keepDefault(workspace, model, configured, wrotePolicy ? model : policy.model)),
  };
}

async function findConfigured(workspace: Workspace): Promise<ModelName | undefined> {
  const text = await workspace.settings.find('registry.model');
  return text === undefined || text === '' ? undefined : parseModelName(text);
}

/** Git's configuration goes before registry.yaml; where neither names a model, as in a bare repository, git's gets it. */
async function keepDefault(
  { repository }: Workspace,
  model: ModelName,
  configured: ModelName | undefined,
  stated: ModelName | undefined,
): Promise<Pick<InitResult, 'defaultModel' | 'policy'>> {
  if (configured !== undefined) return { defaultModel: configured, policy: 'git config' };
  if (stated !== undefined) return { defaultModel: stated, policy: 'registry.yaml' };
  await repository.setConfig('registry.model', model);
  return { defaultModel: model, policy: 'git config' };
}

function chooseName(input: InitInput, configured: ModelName | undefined, slots: readonly string[]): ModelName {
  if (input.model !== undefined) return parseModelName(input.model, slots);
  if (configured !== undefined) return configured;
  try {
    return parseModelName(input.folder, slots);
  } catch (error) {
    throw new RegistryError('bad-model-name', `the folder's name ${JSON.stringify(input.folder)} cannot name a model`, {
      cause: error,
      data: { name: input.folder },
      hint: 'git registry init --model NAME',
    });
  }
}

function policyText(model: ModelName): string {
  const name = /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(model) ? model : JSON.stringify(model);
  return `# Policy of this model registry; its keys: schema/registry-yaml.schema.json of git-registry.\nmodel: ${name}\n`;
}
