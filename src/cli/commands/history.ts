/** `history`: who served when. */
import { history } from '../../operations/history.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { renderMoves } from '../render/stages.ts';

/** The command. */
export const historyCommand: Command = defineCommand({
  name: 'history',
  group: 'Versions and stages',
  summary: 'List the stage moves of a model, newest first',
  positionals: [{ name: 'model', completes: 'model', says: 'the model; without it, the default one' }],
  options: {
    stage: {
      kind: 'string',
      placeholder: 'STAGE',
      completes: 'stage',
      says: 'list only moves into and out of this stage',
    },
    at: AT_OPTION,
  },
  examples: [
    { command: 'git registry history grammar-tutor', says: 'list every move' },
    { command: 'git registry history grammar-tutor --stage production', says: 'list who has been in production' },
  ],
  output: 'history',
  async run(context, { model, stage }) {
    const result = await history(await context.workspace(), given({ model, stage }));
    const { moves } = result;
    return {
      json: result,
      text: (style) => (moves.length === 0 ? [] : renderMoves(moves, style, context.width)),
      notes:
        moves.length === 0
          ? [`no entry of ${result.model} has moved${stage === undefined ? '' : ` into or out of ${stage}`} yet`]
          : [],
    };
  },
});
