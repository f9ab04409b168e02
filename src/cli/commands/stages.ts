/** `stages`: which entry is in which slot. */
import { stages } from '../../operations/stages.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { renderStages } from '../render/stages.ts';

/** The command. */
export const stagesCommand: Command = defineCommand({
  name: 'stages',
  group: 'Versions and stages',
  summary: 'List the stages of a model and who is in them',
  positionals: [{ name: 'model', completes: 'model', says: 'the model; without it, the default one' }],
  options: { at: AT_OPTION },
  examples: [
    { command: 'git registry stages grammar-tutor', says: 'say what serves, and what a rollback would bring back' },
  ],
  output: 'stages',
  async run(context, { model }) {
    const result = await stages(await context.workspace(), given({ model }));
    return { json: result, text: (style) => renderStages(result.stages, style, context.width) };
  },
});
