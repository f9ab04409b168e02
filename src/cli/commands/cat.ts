/** `cat`: one file of an entry. */
import { cat } from '../../operations/cat.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { JOBS_OPTION } from '../common-options.ts';
import { given } from '../given.ts';
import { readableBytes } from '../render/readable-bytes.ts';

/** The command. */
export const catCommand: Command = defineCommand({
  name: 'cat',
  group: 'Look',
  summary: 'Print a file of an entry',
  description:
    'Prints the bytes that were registered, and no others: where they differ it ends with exit code 5, at the latest ' +
    'after the last byte. On a terminal, control characters are escaped. With --json it tells of the file instead.',
  positionals: [
    { name: 'spec', required: true, completes: 'spec', says: 'the entry' },
    { name: 'path', required: true, completes: 'file', says: 'the file, as show lists it' },
  ],
  options: {
    jobs: JOBS_OPTION,
    'allow-tombstoned': { kind: 'boolean', says: 'print from an entry with a tombstone too' },
    at: AT_OPTION,
  },
  examples: [
    { command: 'git registry cat grammar-tutor@production config.json', says: 'print the configuration that serves' },
    { command: 'git registry cat v1.2.0 model.safetensors | sha256sum', says: 'stream the weights elsewhere' },
  ],
  output: 'cat',
  async run(context, { spec, path, allowTombstoned, jobs }) {
    const { file, bytes } = await cat(await context.workspace(), { spec, path, allowTombstoned, ...given({ jobs }) });
    return { json: file, text: () => '', bytes: context.out.isTerminal ? readableBytes(bytes) : bytes };
  },
});
