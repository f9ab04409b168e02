/** `model show`: what is known of a model. */
import { showModel } from '../../operations/list-models.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { renderModel } from '../render/model.ts';

/** The command. */
export const modelShowCommand: Command = defineCommand({
  name: 'model show',
  group: 'Look',
  summary: 'Show what is known of a model',
  positionals: [{ name: 'model', completes: 'model', says: 'the model; without it, the default one' }],
  options: { at: AT_OPTION },
  examples: [{ command: 'git registry model show grammar-tutor', says: 'show its stages, counts and annotations' }],
  output: 'model-show',
  async run(context, { model }) {
    const shown = await showModel(await context.workspace(), given({ model }));
    return { json: shown, text: (style) => renderModel(shown, style) };
  },
});
