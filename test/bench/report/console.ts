/** The report as a terminal shows it, section by section while the bench runs. */
import type { ReportSection } from '../report-line.ts';
import { cellsOf, TITLES } from './figures.ts';

/** Returns a section as an aligned table. */
export function renderConsole({ title, lines }: ReportSection): string {
  const rows = [TITLES, ...lines.map(cellsOf)];
  const widths = TITLES.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const text = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `\n${title}\n${text.map((line) => `  ${line}\n`).join('')}`;
}
