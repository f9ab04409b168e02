/** `resolve`: which exact entry a SPEC names. */
import { resolve } from '../../operations/resolve.ts';
import { type Command, defineCommand } from '../command.ts';

/** The command. */
export const resolveCommand: Command = defineCommand({
  name: 'resolve',
  group: 'Look',
  summary: 'Print the SHA of an entry',
  description: 'Prints the 64 hex digits that a service should log with each answer: from them the rest can be traced.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: { 'allow-tombstoned': { kind: 'boolean', says: 'answer for an entry with a tombstone too' } },
  examples: [
    { command: 'git registry resolve grammar-tutor@production', says: 'say what is in production' },
    { command: 'git registry resolve grammar-tutor@^1.2', says: 'say which version a range means' },
    { command: 'git registry resolve grammar-tutor --version 1.2.0', says: 'say the same of one version' },
  ],
  output: 'resolve',
  async run(context, { spec, allowTombstoned }) {
    const found = await resolve(await context.workspace(), { spec, allowTombstoned });
    return { json: found, text: () => found.sha256 };
  },
});
