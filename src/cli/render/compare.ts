/** A comparison in columns of fixed width, as teams that compared before know it. */
import type { CompareResult } from '../../operations/compare.ts';
import { type CompareTable, compareBlocks } from './compare-blocks.ts';
import { escapeControls } from './escape.ts';
import type { Style } from './style.ts';
import { cutToWidth, displayWidth, padToWidth } from './width.ts';

const INDENT = '  ';

/** Least widths; wider contents widen their column. */
const NAME_WIDTH = 20;
const VALUE_WIDTH = 18;
const DELTA_WIDTH = 10;

/** Returns the lines. Cells are cut only where `width` is that of a terminal, and never below the least widths. */
export function renderCompare(result: CompareResult, all: boolean, style: Style, width: number): readonly string[] {
  const { title, tables } = compareBlocks(result, all);
  return [
    `${INDENT}${style.bold(escapeControls(title))}`,
    ...tables.flatMap((table) => ['', ...tableLines(table, style, width)]),
  ];
}

function tableLines({ columns, rows, notes }: CompareTable, style: Style, width: number): readonly string[] {
  const most = Math.max(VALUE_WIDTH, Math.floor((width - INDENT.length) / columns.length) - 1);
  const cells = [columns, ...rows].map((row) =>
    row.map((cell) => cutToWidth(escapeControls(cell), Math.max(most, NAME_WIDTH), style.unicode)),
  );
  const widths = columns.map((title, index) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? '')), leastWidth(title, index)),
  );
  const line = (row: readonly string[]): string =>
    `${INDENT}${row.map((cell, index) => padToWidth(cell, widths[index] ?? 0)).join(' ')}`.trimEnd();
  const [heading = [], ...body] = cells;
  const rule = line(widths.map((room) => '-'.repeat(room)));
  const table = rows.length === 0 ? [] : [style.bold(line(heading)), rule, ...body.map(line)];
  const gap = rows.length === 0 || notes.length === 0 ? [] : [''];
  const about = rows.length === 0 ? `${columns[0]}: ` : '';
  return [...table, ...gap, ...notes.map((note) => `${INDENT}${escapeControls(about + note)}`)];
}

function leastWidth(title: string, index: number): number {
  if (index === 0) return NAME_WIDTH;
  return title === 'Delta' ? DELTA_WIDTH : VALUE_WIDTH;
}
