/** `model list`: the models of the registry. */
import { listModels } from '../../operations/list-models.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { noModelNote } from '../no-model-note.ts';
import { renderModels } from '../render/model.ts';

/** The command. */
export const modelListCommand: Command = defineCommand({
  name: 'model list',
  group: 'Look',
  summary: 'List the models',
  positionals: [],
  options: { all: { kind: 'boolean', says: 'list retired models too' }, at: AT_OPTION },
  examples: [{ command: 'git registry model list', says: 'list the models with what they serve' }],
  output: 'model-list',
  async run(context, { all }) {
    const workspace = await context.workspace();
    const { models } = await listModels(workspace, { all });
    return {
      json: { models },
      text: (style) => (models.length === 0 ? [] : renderModels(models, style, context.width)),
      notes: models.length === 0 ? [await noModelNote(workspace)] : [],
    };
  },
});
