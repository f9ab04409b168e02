/** `lineage`: what an entry was made of, and what was made from it. */
import { type LineageResult, lineage } from '../../operations/lineage.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { renderJson } from '../render/json.ts';
import { renderLineageDot } from '../render/lineage-dot.ts';
import { renderLineageMermaid } from '../render/lineage-mermaid.ts';
import { renderLineage } from '../render/lineage-tree.ts';
import type { Style } from '../render/style.ts';

const FORMATS = ['tree', 'json', 'dot', 'mermaid'] as const;

/** The command. */
export const lineageCommand: Command = defineCommand({
  name: 'lineage',
  group: 'Trace',
  summary: 'Walk from an entry to what it was made of, or to what was made from it',
  description:
    'Up, which is the default: all ancestors, and of each the corpus, the tokenizer, the code, the seed and the run that ' +
    'made it. Down: every entry that descends from it, with its versions and stages; a child was derived from the entry ' +
    'above, a consumer used it. An entry is drawn once; where it comes again, a line refers to it.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    up: { kind: 'boolean', conflicts: ['down'], says: 'walk to the ancestors' },
    down: { kind: 'boolean', conflicts: ['up'], says: 'walk to the descendants' },
    depth: { kind: 'number', placeholder: 'N', whole: true, least: 0, says: 'walk at most N steps' },
    format: { kind: 'choice', choices: FORMATS, default: 'tree', says: 'how to print the graph' },
    at: AT_OPTION,
  },
  examples: [
    {
      command: 'git registry lineage grammar-tutor@production',
      says: 'walk back to the corpus of what is in production',
    },
    { command: 'git registry lineage 8f2c91aab012 --down', says: 'find everything that a bad entry has touched' },
    { command: 'git registry lineage v2.0.0 --format dot | dot -Tsvg > lineage.svg', says: 'draw it' },
  ],
  output: 'lineage',
  async run(context, { spec, down, depth, format }) {
    const direction = down ? 'down' : 'up';
    const result = await lineage(await context.workspace(), { spec, direction, depth: depth ?? Infinity });
    return { json: result, text: (style) => renderAs(format, result, style, context.width) };
  },
});

function renderAs(
  format: (typeof FORMATS)[number],
  result: LineageResult,
  style: Style,
  width: number,
): string | readonly string[] {
  switch (format) {
    case 'tree':
      return renderLineage(result, style, width);
    case 'json':
      return renderJson(result).trimEnd();
    case 'dot':
      return renderLineageDot(result);
    case 'mermaid':
      return renderLineageMermaid(result);
  }
}
