/** `keep`: protects weights from `dvc gc`. */
import { keep } from '../../operations/keep.ts';
import { type Command, defineCommand } from '../command.ts';
import { formatCount } from '../render/quantity.ts';

/** The command. */
export const keepCommand: Command = defineCommand({
  name: 'keep',
  group: 'Keep',
  summary: 'Protect weights from dvc gc, by pointers on a branch',
  description:
    'dvc gc never looks at registry refs. This commits one DVC pointer to the weights of all entries, tombstoned ones and ' +
    'expired candidates left out, to a branch of its own: then dvc gc --all-branches and --all-commits spare them, here ' +
    'and in every clone that has the branch. dvc gc --workspace spares what is in the work tree only, and nothing helps.',
  positionals: [],
  options: {
    branch: { kind: 'string', placeholder: 'NAME', default: 'registry-keep', says: 'the branch to commit to' },
  },
  examples: [
    { command: 'git registry keep', says: 'protect everything before a dvc gc --all-commits' },
    { command: 'git registry keep && git push origin registry-keep', says: 'protect it in other clones too' },
  ],
  output: 'keep',
  async run(context, { branch }) {
    const kept = await keep(await context.workspace(), { branch });
    const what = `${formatCount(kept.objects, 'weights file')} of ${formatCount(kept.entries, 'entry', 'entries')}`;
    const tip = kept.commit === null ? '' : ` (${kept.commit.slice(0, 12)})`;
    const text = kept.created ? `${branch}${tip} keeps ${what}` : `nothing to do: ${branch}${tip} keeps ${what}`;
    return { json: kept, text: () => (kept.objects === 0 ? 'nothing to keep: no entry has weights' : text) };
  },
});
