/** A comparison in GitHub's and GitLab's Markdown. */
import type { CompareResult } from '../../operations/compare.ts';
import { type CompareTable, compareBlocks } from './compare-blocks.ts';
import { markdownText } from './markdown.ts';

/** Returns the lines. */
export function renderCompareMarkdown(result: CompareResult, all: boolean): readonly string[] {
  const { title, tables } = compareBlocks(result, all);
  return [`### ${markdownText(title)}`, ...tables.flatMap((table) => ['', ...tableLines(table)])];
}

function tableLines({ columns, rows, notes }: CompareTable): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  const rule = `|---|${columns
    .slice(1)
    .map(() => '--:|')
    .join('')}`;
  const table = rows.length === 0 ? [] : [line(columns), rule, ...rows.map(line)];
  const about = rows.length === 0 ? `${columns[0]}: ` : '';
  const below = notes.map((note) => `- ${about}${markdownText(note)}`);
  return [...table, ...(rows.length === 0 || notes.length === 0 ? [] : ['']), ...below];
}
