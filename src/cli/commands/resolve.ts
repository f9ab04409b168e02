/** `resolve`: which exact entry a SPEC names. */
import { RegistryError } from '../../domain/errors.ts';
import { resolve } from '../../operations/resolve.ts';
import { LOCAL_AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { peekWith, REMOTE_OPTION } from '../remote-option.ts';

/** The command. */
export const resolveCommand: Command = defineCommand({
  name: 'resolve',
  group: 'Look',
  summary: 'Print the SHA of an entry',
  description: 'Prints the 64 hex digits that a service should log with each answer: from them the rest can be traced.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    'allow-tombstoned': { kind: 'boolean', says: 'answer for an entry with a tombstone too' },
    remote: REMOTE_OPTION,
    at: LOCAL_AT_OPTION,
    verify: { kind: 'boolean', says: 'with --remote: download and verify the whole log, not the entry alone' },
  },
  examples: [
    { command: 'git registry resolve grammar-tutor@production', says: 'say what is in production' },
    { command: 'git registry resolve grammar-tutor@^1.2', says: 'say which version a range means' },
    { command: 'git registry resolve grammar-tutor --version 1.2.0', says: 'say the same of one version' },
    {
      command: 'git registry resolve grammar-tutor@production --remote https://example.org/team.git',
      says: 'ask a remote, without a clone',
    },
  ],
  output: 'resolve',
  async run(context, { spec, allowTombstoned, remote, verify }) {
    if (remote !== undefined) {
      const { resolveRemote } = await import('../../operations/peek/resolve-remote.ts');
      const there = await resolveRemote(peekWith(context), { spec, allowTombstoned, remote, verify });
      const { label, verified } = there.remote;
      const notes = verified ? [] : [`as ${label} lists it; --verify recomputes the log behind it`];
      return { json: there, text: () => there.sha256, notes };
    }
    if (verify) throw new RegistryError('usage', '--verify: expected --remote beside it');
    const found = await resolve(await context.workspace(), { spec, allowTombstoned });
    return { json: found, text: () => found.sha256 };
  },
});
