/** Figures as people read them. */
import { isMissed, type ReportLine, scoreOf } from '../report-line.ts';

/** The cells of a line: what, with what, ours, the floor, the ratio, the target, and whether it is met. */
export function cellsOf(line: ReportLine): readonly string[] {
  const { what, size, value, unit, floor, target } = line;
  const isRatio = floor !== undefined;
  return [
    what,
    size,
    figure(value, unit),
    isRatio ? `${floor.what}: ${figure(floor.value, unit)}` : '',
    isRatio ? `${scoreOf(line).toFixed(2)}x` : '',
    target === undefined ? '' : `<= ${isRatio ? `${target}x` : figure(target, unit)}`,
    target === undefined ? '' : isMissed(line) ? 'missed' : 'met',
  ];
}

/** The titles of those cells. */
export const TITLES: readonly string[] = ['what', 'in', 'measured', 'floor', 'ratio', 'target', ''];

function figure(value: number, unit: ReportLine['unit']): string {
  if (unit === 'files' || unit === 'violations') return `${value} ${unit}`;
  if (unit === 'KB') return `${value.toFixed(1)} KB`;
  if (unit === 'MiB') return `${value.toFixed(0)} MiB`;
  return value < 10_000 ? `${value.toFixed(value < 100 ? 1 : 0)} ms` : `${(value / 1000).toFixed(1)} s`;
}
