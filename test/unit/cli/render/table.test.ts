import { describe, expect, test } from 'vitest';
import { colourStyle, plainStyle } from '../../../../src/cli/render/style.ts';
import { type Column, renderTable } from '../../../../src/cli/render/table.ts';
import { displayWidth } from '../../../../src/cli/render/width.ts';

const COLUMNS: readonly Column[] = [
  { title: 'VERSION' },
  { title: 'SIZE', align: 'right' },
  { title: 'NAME', least: 6 },
];
const ROWS = [
  ['v1.0.0', '12', 'a short name'],
  ['v10.0.0-rc.1', '1024', 'a rather longer name, 日本語'],
];

describe('a table', () => {
  test('aligns its columns, numbers to the right, and ends no line in spaces', () => {
    expect(renderTable(COLUMNS, ROWS, plainStyle(true), Infinity)).toEqual([
      'VERSION       SIZE  NAME',
      'v1.0.0          12  a short name',
      'v10.0.0-rc.1  1024  a rather longer name, 日本語',
    ]);
  });

  test('fits the width by cutting columns that may shrink, never others', () => {
    const lines = renderTable(COLUMNS, ROWS, plainStyle(true), 32);
    expect(lines).toEqual([
      'VERSION       SIZE  NAME',
      'v1.0.0          12  a short name',
      'v10.0.0-rc.1  1024  a rather lo…',
    ]);
    expect(Math.max(...lines.map(displayWidth))).toBe(32);
  });

  test('cuts no further than a column allows, however narrow the terminal', () => {
    expect(renderTable(COLUMNS, ROWS, plainStyle(false), 10)).toEqual([
      'VERSION       SIZE  NAME',
      'v1.0.0          12  a sho~',
      'v10.0.0-rc.1  1024  a rat~',
    ]);
  });

  test('shrinks the widest column first', () => {
    const columns = [
      { title: 'A', least: 2 },
      { title: 'B', least: 2 },
    ];
    expect(renderTable(columns, [['aaaaaaaaaa', 'bbbb']], plainStyle(true), 10)).toEqual(['A     B', 'aaa…  bbbb']);
  });

  test('escapes control characters before it measures', () => {
    expect(renderTable([{ title: 'A' }, { title: 'B' }], [['\u001b[2J', 'x\ny']], plainStyle(true), 80)).toEqual([
      'A        B',
      '\\x1b[2J  x\\ny',
    ]);
  });

  test('paints cells without moving them', () => {
    const style = colourStyle(true);
    const columns: Column[] = [
      { title: 'A', look: (painter, cell) => painter.green(cell) },
      { title: 'B', align: 'right' },
    ];
    const lines = renderTable(columns, [['a', '1']], style, 80);
    expect(lines.map(style.plain)).toEqual(['A  B', 'a  1']);
    expect(style.finish(lines[1] ?? '')).toBe('\u001b[32ma\u001b[39m  1');
  });

  test('of no rows is its heading', () => {
    expect(renderTable(COLUMNS, [], plainStyle(true), 80)).toEqual(['VERSION  SIZE  NAME']);
  });

  test('of 150,000 rows overflows no stack', () => {
    const rows = Array.from({ length: 150_000 }, (_, index) => [String(index)]);
    expect(renderTable([{ title: 'N', align: 'right' }], rows, plainStyle(true), 80).at(0)).toBe('     N');
  });
});
