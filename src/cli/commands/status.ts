/** `status`: where the registry stands beside its remote. */
import { status } from '../../operations/status.ts';
import { type Command, defineCommand } from '../command.ts';
import { remoteAndModels } from '../common-options.ts';
import { formatCount } from '../render/quantity.ts';
import { renderStatus } from '../render/sync.ts';

/** The command. */
export const statusCommand: Command = defineCommand({
  name: 'status',
  group: 'Share',
  summary: 'Tell what is to push and to pull, on one screen',
  description:
    'As of the last fetch, pull or push: nothing is asked over the network. Events that a replay left behind are listed ' +
    'until you drop them.',
  positionals: [remoteAndModels('beside which remote')],
  options: {},
  examples: [{ command: 'git registry status', says: 'see where things stand' }],
  output: 'status',
  async run(context, { words }) {
    const result = await status(await context.workspace(), { words });
    const advice = [
      `${result.remote} lists ${formatCount(result.views, 'ref')} beside its logs for every push`,
      '  a new remote of layout log lists logs alone: at 100000 entries 24 KB instead of 86 MB; a push takes less time',
      '  where its git is 2.55 or newer, and twice as long where it is older',
      '  how to make one: docs/sharing.md, "Large registries"',
    ];
    return {
      json: result,
      text: (style) => renderStatus(result, style),
      notes: result.advise === null ? [] : advice,
    };
  },
});
