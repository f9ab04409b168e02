/** `__complete`: what the completion scripts ask. One offer a line, `VALUE` or `VALUE<TAB>WHAT IT IS`; `:paths` for files. */
import { type Command, defineCommand } from '../command.ts';
import { completeWords } from '../completion/complete-words.ts';
import { readOutlines } from '../completion/outlines.ts';
import { registryNames } from '../completion/registry-names.ts';
import { escapeControls } from '../render/escape.ts';

/** The command. */
export const completeCommand: Command = defineCommand({
  name: '__complete',
  group: 'Shell',
  summary: 'Answer a completion script',
  hidden: true,
  positionals: [{ name: 'words', variadic: true, says: 'the words after git registry; the last one is completed' }],
  options: {},
  examples: [],
  async run(context, { words }) {
    const completion = await completeWords(
      words,
      await readOutlines(context.commands),
      registryNames(() => context.workspace()),
    );
    if (completion.kind === 'paths') return { json: completion, text: () => ':paths' };
    const lines = completion.candidates.map(({ value, says }) =>
      [value, says ?? []].flat().map(escapeControls).join('\t'),
    );
    return { json: completion, text: () => lines };
  },
});
