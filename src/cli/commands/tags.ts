/** `tags`: which entry each version names. */
import { tags } from '../../operations/tags.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';

/** The command. */
export const tagsCommand: Command = defineCommand({
  name: 'tags',
  group: 'Look',
  summary: 'Print every version with its SHA',
  description:
    'One line a version, MODEL@VERSION and the SHA, ascending. With --json the same as tags.json: versions and their ' +
    'SHAs by model. A version names one entry for ever, so what is printed only grows.',
  positionals: [{ name: 'model', completes: 'model', says: 'the model; without it, all of them' }],
  options: { at: AT_OPTION },
  examples: [
    { command: 'git registry tags grammar-tutor', says: 'print the versions of a model' },
    { command: 'git registry tags --json > tags.json', says: 'keep a copy of all for other tools' },
  ],
  output: 'tags',
  async run(context, { model }) {
    const found = await tags(await context.workspace(), given({ model }));
    const lines = Object.entries(found).flatMap(([name, versions]) =>
      Object.entries(versions).map(([version, sha256]) => [`${name}@${version}`, sha256] as const),
    );
    const widest = lines.reduce((width, [spec]) => Math.max(width, spec.length), 0);
    return {
      json: found,
      text: (style) => lines.map(([spec, sha256]) => `${style.bold(spec.padEnd(widest))}  ${sha256}`),
    };
  },
});
