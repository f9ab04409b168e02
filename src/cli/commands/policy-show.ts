/** `policy show`: the policy in force. */
import { policyShow } from '../../operations/policy-show.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { policySourceNotes, renderPolicy } from '../render/policy.ts';

/** The command. */
export const policyShowCommand: Command = defineCommand({
  name: 'policy show',
  group: 'Govern',
  summary: 'Show the policy in force: stages, gates, approvals, and where it was read',
  description:
    'What decides is registry.yaml of a commit: of the one that git config registry.policyRef names, else of the default ' +
    "branch of the registry's remote, else of HEAD. Only where that commit has none does the work tree's count.",
  positionals: [{ name: 'model', completes: 'model', says: 'the model; without it, the default one' }],
  options: {},
  examples: [{ command: 'git registry policy show fraud', says: 'see what each stage of a model takes' }],
  output: 'policy-show',
  async run(context, { model }) {
    const result = await policyShow(await context.workspace(), given({ model }));
    return {
      json: result,
      text: (style) => renderPolicy(result, style, context.width),
      notes: policySourceNotes(result),
    };
  },
});
