/** `model create`: starts a model. */
import { createModel } from '../../operations/create-model.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { ALLOW_SIMILAR_OPTION } from '../model-options.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';
import { readTexts } from '../read-texts.ts';

/** The command. */
export const modelCreateCommand: Command = defineCommand({
  name: 'model create',
  group: 'Start',
  summary: 'Create a model',
  description:
    'A model is a named line of entries; register creates it too. NAME is one or two segments, e.g. tutor or ' +
    'school/tutor. It is for ever: nothing deletes a model.',
  positionals: [{ name: 'name', required: true, says: 'the name' }],
  options: {
    message: { kind: 'string', alias: 'm', placeholder: 'TEXT', says: 'what the model is for' },
    tag: { kind: 'pairs', placeholder: 'KEY=VALUE', says: 'an annotation of the model' },
    'allow-similar': ALLOW_SIMILAR_OPTION,
    by: BY_OPTION,
    push: PUSH_OPTION,
  },
  examples: [
    {
      command: 'git registry model create grammar-tutor -m "conjugates English verbs"',
      says: 'create it with a description',
    },
    {
      command: 'git registry model create school/tutor --tag owner=ada',
      says: 'create it in a namespace, with an annotation',
    },
  ],
  output: 'model-create',
  async run(context, args) {
    const tags = readTexts('--tag', args.tag);
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const workspace = await context.workspace();
    const { name, message: description, allowSimilar } = args;
    const result = await createModel(workspace, { name, tags, allowSimilar, ...given({ description, onBehalfOf }) });
    return {
      json: result,
      text: (style) => `created model ${style.bold(result.model)}`,
      ...(await publish(workspace, { wrote: true, push: args.push, models: [result.model] })),
    };
  },
});
