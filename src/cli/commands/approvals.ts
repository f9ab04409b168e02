/** `approvals`: who has approved what, whether it counts, and how many more it takes. */
import { approvals } from '../../operations/approvals.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { renderApprovalRows } from '../render/approval.ts';

/** The command. */
export const approvalsCommand: Command = defineCommand({
  name: 'approvals',
  group: 'Govern',
  summary: 'List approvals, whether they count, and how many more it takes',
  description:
    'Gates are judged as for a move now, so that it shows which approvals are of what is decided today. With --waiting: what ' +
    'passes its gates and lacks approvals; among entries that nobody has decided on yet, those newer than the occupant of the ' +
    'stage.',
  positionals: [{ name: 'spec', completes: 'spec', says: 'the entry; without it, every entry of every model' }],
  options: {
    model: { kind: 'string', placeholder: 'MODEL', completes: 'model', says: 'of this model alone' },
    to: { kind: 'string', placeholder: 'STAGE', completes: 'stage', says: 'for this stage alone' },
    waiting: { kind: 'boolean', says: 'only what waits for approvals' },
    at: AT_OPTION,
  },
  examples: [
    { command: 'git registry approvals --waiting', says: 'list what waits for somebody, of all models' },
    { command: 'git registry approvals v1.2.0 --to production', says: 'say who has approved a version' },
  ],
  output: 'approvals',
  async run(context, { spec, model, to, waiting }) {
    const entries = await approvals(await context.workspace(), { waiting, ...given({ spec, model, to }) });
    return {
      json: { entries },
      text: (style) => renderApprovalRows(entries, style),
      notes: entries.length === 0 ? [waiting ? 'nothing waits for approvals' : 'no approvals'] : [],
    };
  },
});
