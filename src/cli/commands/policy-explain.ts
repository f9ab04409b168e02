/** `policy explain`: what a move into a stage takes, in words. */
import { policyShow } from '../../operations/policy-show.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { policySourceNotes, renderExplained } from '../render/policy.ts';

/** The command. */
export const policyExplainCommand: Command = defineCommand({
  name: 'policy explain',
  group: 'Govern',
  summary: 'Say what a move into a stage takes',
  positionals: [
    { name: 'stage', required: true, completes: 'stage', says: 'a stage, or rollback' },
    { name: 'model', completes: 'model', says: 'the model; without it, the default one' },
  ],
  options: {},
  examples: [{ command: 'git registry policy explain production', says: 'ask what stands between you and production' }],
  output: 'policy-show',
  async run(context, { stage, model }) {
    const result = await policyShow(await context.workspace(), { stage, ...given({ model }) });
    return { json: result, text: (style) => renderExplained(result, style), notes: policySourceNotes(result) };
  },
});
