/** `compare`: entries side by side. */
import { compare } from '../../operations/compare.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { renderCompare } from '../render/compare.ts';
import { renderCompareMarkdown } from '../render/compare-markdown.ts';

/** The command. */
export const compareCommand: Command = defineCommand({
  name: 'compare',
  group: 'Look',
  summary: 'Compare entries: metrics, parameters, configuration, training and files',
  description:
    'The metrics of the first entry, and of each other one with its difference to the first, worked out exactly. Key ' +
    'metrics of registry.yaml come first. Then whatever differs in what they were made of. Other entries are looked for ' +
    'in the model of the first unless they name one.\n\n' +
    'Which number is better is not said. Where the eval reports name different evaluation sets, samples or metric code, ' +
    'the entries are not comparable, and that is said; where they name none, that they are not proven to be.',
  positionals: [
    { name: 'first', placeholder: 'A', required: true, completes: 'spec', says: 'the entry to compare with' },
    { name: 'second', placeholder: 'B', required: true, completes: 'spec', says: 'the entry to compare' },
    { name: 'more', placeholder: 'C', variadic: true, completes: 'spec', says: 'further entries to compare' },
  ],
  options: {
    all: { kind: 'boolean', says: 'show metrics that are the same everywhere, however many' },
    markdown: { kind: 'boolean', says: 'print Markdown, for a pull request' },
    at: AT_OPTION,
  },
  examples: [
    { command: 'git registry compare v1.2.0 v1.3.0', says: 'compare two versions' },
    { command: 'git registry compare production 8f2c91aab012', says: 'hold a candidate against what serves' },
    {
      command: 'git registry compare grammar-tutor@production latest staging --markdown',
      says: 'compare several with what serves, for a pull request',
    },
    { command: "git registry compare 1.2.0 1.3.0 --json | jq '.metrics.auc.delta'", says: 'get one difference' },
  ],
  output: 'compare',
  async run(context, { first, second, more, all, markdown }) {
    const result = await compare(await context.workspace(), { first, others: [second, ...more] });
    return {
      json: result,
      text: (style) =>
        markdown ? renderCompareMarkdown(result, all) : renderCompare(result, all, style, context.width),
    };
  },
});
