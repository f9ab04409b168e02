/** Starts a model: the first event of its log (format §6.3). */
import { RegistryError } from '../domain/errors.ts';
import { collidesWith, type ModelName, parseModelName } from '../domain/model-name.ts';
import { checkAnnotationKeys } from './annotation-key.ts';
import { type AppendOptions, appendEvents, type Deciding, type Decision } from './append-events.ts';
import type { Workspace } from './workspace.ts';

/** What to create. */
export interface CreateModelInput extends AppendOptions {
  readonly name: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly allowSimilar: boolean;
}

/** The model made. */
export interface CreateModelResult {
  readonly model: ModelName;
  readonly created: boolean;
}

/** Creates a model. Throws `model-exists`, `model-collides`, `bad-model-name`, `usage` for a tag's key. */
export async function createModel(workspace: Workspace, input: CreateModelInput): Promise<CreateModelResult> {
  const model = parseModelName(input.name, (await workspace.settings.policy()).stages);
  checkAnnotationKeys(Object.keys(input.tags));
  await refuseCollision(workspace, model, input.allowSimilar);
  const { onBehalfOf } = input;
  const create = ({ isNew }: Deciding): Decision<CreateModelResult> => {
    if (!isNew)
      throw new RegistryError('model-exists', `model ${model}: it exists already`, {
        data: { model },
        hint: `git registry model show ${model}`,
      });
    const body = {
      kind: 'create' as const,
      ...(input.description === undefined ? {} : { description: input.description }),
      ...(Object.keys(input.tags).length === 0 ? {} : { tags: input.tags }),
    };
    return { kind: 'append', events: [{ body }], answer: () => ({ model, created: true }) };
  };
  return appendEvents(workspace, model, create, onBehalfOf === undefined ? {} : { onBehalfOf });
}

/** Refuses a name that folds to another model's, is its namespace, or is too like it. Throws `model-collides`. */
export async function refuseCollision(workspace: Workspace, model: ModelName, allowSimilar: boolean): Promise<void> {
  const others = (await workspace.log.models()).filter((other) => other !== model);
  const collision = collidesWith(model, others);
  if (collision.kind === 'none' || (collision.kind === 'similar' && allowSimilar)) return;
  const why = {
    'same-fold': 'differs from it in letter case alone',
    namespace: 'one would be the namespace of the other',
    similar: 'differs from it in - _ . or case alone',
  }[collision.kind];
  throw new RegistryError('model-collides', `model ${model}: ${collision.with} exists and ${why}`, {
    data: { model, with: collision.with, kind: collision.kind },
    hint: collision.kind === 'similar' ? 'add --allow-similar if both are meant' : 'choose another name',
  });
}
