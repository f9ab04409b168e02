/** `gate list`: the kinds of gates. */
import { gateList } from '../../operations/gate-list.ts';
import { type Command, defineCommand } from '../command.ts';
import { renderGateList } from '../render/gates.ts';

/** The command. */
export const gateListCommand: Command = defineCommand({
  name: 'gate list',
  group: 'Govern',
  summary: 'List the kinds of gates, and the stages that ask for each',
  description:
    'Gates of content follow from the entry, the log and named files: approvals are bound to them, and any clone can judge ' +
    'them again. Gates of the moment depend on the clock or on other models, and are judged anew at each promotion.',
  positionals: [],
  options: {},
  examples: [{ command: 'git registry gate list', says: 'see what registry.yaml can ask for' }],
  output: 'gate-list',
  async run(context) {
    const result = await gateList(await context.workspace());
    return { json: result, text: (style) => renderGateList(result, style, context.width) };
  },
});
