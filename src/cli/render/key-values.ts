/** Blocks of `key  value`, as `git registry show` prints. */
import type { Style } from './style.ts';
import { displayWidth, padToWidth } from './width.ts';

/** A key and what stands beside it: a line, lines, or undefined to leave the key out. Values may be styled. */
export type KeyValue = readonly [key: string, value: string | readonly string[] | undefined];

/** Returns lines with the values in one column; further lines of a value stand under its first. */
export function renderKeyValues(entries: readonly KeyValue[], style: Style): readonly string[] {
  const shown = entries.filter(([, value]) => value !== undefined && value.length > 0);
  const width = shown.reduce((widest, [key]) => Math.max(widest, displayWidth(key)), 0);
  return shown.flatMap(([key, value = '']) =>
    [value].flat().map((line, index) => {
      const name = padToWidth(index === 0 ? key : '', width);
      return `${index === 0 ? style.dim(name) : name}  ${line}`.trimEnd();
    }),
  );
}
