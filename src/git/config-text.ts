/** Git's configuration file format, as far as it is written here. */

/** One variable: `section.variable` or `section.any text.variable`, and what it says; undefined: no `=`, which is true. */
export type ConfigItem = readonly [key: string, value: string | undefined];

/** Returns a file that says all of it, in this order. */
export function renderConfig(items: readonly ConfigItem[]): string {
  return items.map(([key, value]) => `${header(key)}\t${variable(key)}${assignment(value)}\n`).join('');
}

/** Returns the line that reads another file. Relative paths in it are relative to that file. */
export function includeOf(path: string): ConfigItem {
  return ['include.path', path];
}

function header(key: string): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  const section = key.slice(0, first);
  return first === last ? `[${section}]\n` : `[${section} "${key.slice(first + 1, last).replace(/[\\"]/g, '\\$&')}"]\n`;
}

function variable(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

/** Quoted: then blanks at the ends, `#` and `;` are part of it. */
function assignment(value: string | undefined): string {
  if (value === undefined) return '';
  return ` = "${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
