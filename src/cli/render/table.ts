/** Tables that fit the terminal: the widest columns that may shrink give way first. */
import { escapeControls } from './escape.ts';
import type { Style } from './style.ts';
import { cutToWidth, displayWidth, padToWidth } from './width.ts';

/** A column. `least` lets it shrink to so many columns; without it is never cut. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly least?: number;
  /** Paints a cell of a row, e.g. `(style, cell) => style.dim(cell)`. */
  readonly look?: (style: Style, cell: string) => string;
}

const GAP = '  ';

/** Returns the lines of a table, its heading first. `width` may be Infinity. Cells are plain text, control characters are escaped. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
  width: number,
): readonly string[] {
  const cells = rows.map((row) => columns.map((_, index) => escapeControls(row[index] ?? '')));
  const natural = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...chunkedMax(cells.map((row) => displayWidth(row[index] ?? '')))),
  );
  const widths = shrink(columns, natural, width - GAP.length * (columns.length - 1));
  const line = (texts: readonly string[], look: (column: Column, text: string) => string): string =>
    columns
      .map((column, index) => {
        const room = widths[index] ?? 0;
        const cut = cutToWidth(texts[index] ?? '', room, style.unicode);
        const isLast = index === columns.length - 1;
        const space = isLast && column.align !== 'right' ? '' : padToWidth(cut, room).slice(cut.length);
        return column.align === 'right' ? `${space}${look(column, cut)}` : `${look(column, cut)}${space}`;
      })
      .join(GAP)
      .trimEnd();
  const heading = line(
    columns.map(({ title }) => title),
    (_, text) => style.bold(text),
  );
  return [heading, ...cells.map((row) => line(row, (column, text) => (column.look ? column.look(style, text) : text)))];
}

/** A spread of 100,000 arguments overflows the stack. */
function chunkedMax(numbers: readonly number[]): readonly number[] {
  return [numbers.reduce((greatest, number) => Math.max(greatest, number), 0)];
}

/** Takes columns from the widest that may shrink until the table fits or none may. */
function shrink(columns: readonly Column[], natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const candidates = columns.flatMap(({ least }, index) =>
      least !== undefined && (widths[index] ?? 0) > least ? [index] : [],
    );
    const widest = candidates.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a), candidates[0] ?? -1);
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}
