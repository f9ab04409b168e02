/** Git's configuration file format, as far as it is written here. Git takes keys and values for bytes: so do these, one per character. */

/**
 * One variable: `section.variable` or `section.any text.variable`, and what it says; undefined: no `=`, which is true. Both
 * are bytes, one per character (latin1).
 */
export type ConfigItem = readonly [key: string, value: string | undefined];

/** Returns the bytes of a text, one per character. */
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Returns the text of bytes that are UTF-8. */
export function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}

/** Returns the bytes of a file that says all of it, in this order. */
export function renderConfig(items: readonly ConfigItem[]): Buffer {
  const lines = items.map(([key, value]) => `${header(key)}\t${variable(key)}${assignment(value)}\n`);
  return Buffer.from(lines.join(''), 'latin1');
}

/** Returns the line that reads another file. Relative paths in it are relative to that file. */
export function includeOf(path: string): ConfigItem {
  return ['include.path', bytesOf(path)];
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
