/** The one document of `--json`. */
import { escapeJsonText } from './escape.ts';

/** Returns the document: keys as given, two spaces, a final newline, and nothing that a terminal would obey. */
export function renderJson(value: unknown): string {
  return `${escapeJsonText(JSON.stringify(value, null, 2))}\n`;
}
