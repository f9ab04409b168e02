/** `show`: everything that is known of an entry. */
import { show } from '../../operations/show.ts';
import { LOCAL_AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { peekWith, REMOTE_OPTION } from '../remote-option.ts';
import { renderShow } from '../render/show.ts';

/** The command. */
export const showCommand: Command = defineCommand({
  name: 'show',
  group: 'Look',
  summary: 'Show everything that is known of an entry',
  description:
    'Where it stands and who put it there, what it was made of, its numbers and its files. Candidates and entries with ' +
    'a tombstone are shown too. Long lists are cut; --json has all of them.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: { remote: REMOTE_OPTION, at: LOCAL_AT_OPTION },
  examples: [
    { command: 'git registry show grammar-tutor@production', says: 'show what is in production' },
    {
      command: 'git registry show grammar-tutor@production --at 2026-11-01',
      says: 'show what was in production when that day ended, and who had put it there',
    },
    { command: 'git registry show 8f2c91aab012', says: 'show the entry whose SHA a log line gave' },
    { command: 'git registry show grammar-tutor --version 1.2.0 --json', says: 'show a version to a program' },
    {
      command: 'git registry show grammar-tutor@latest --remote https://example.org/team.git',
      says: 'show an entry of a remote, without a clone',
    },
  ],
  output: 'show',
  async run(context, { spec, remote }) {
    const entry =
      remote === undefined
        ? await show(await context.workspace(), { spec })
        : await (await import('../../operations/peek/look-remote.ts')).showRemote(peekWith(context), remote, spec);
    return { json: entry, text: (style) => renderShow(entry, style, context.width) };
  },
});
