/** Colour and weight of text. Without colour, text stays as it is. */
import { escapeLines } from './escape.ts';

/** What text can look like. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  /** Removes what is not for a terminal to obey and puts the colours in. Called once, by the program, on what it prints. */
  finish(text: string): string;
  /** Returns the text without the marks of this style, to measure or cut it. */
  plain(text: string): string;
  /** Draw with box characters; else with ASCII. */
  readonly unicode: boolean;
}

const SGR = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;
type Look = keyof typeof SGR;

/** Returns a style that changes nothing but escapes what a terminal would obey. */
export function plainStyle(unicode: boolean): Style {
  const same = (text: string): string => text;
  return {
    bold: same,
    dim: same,
    red: same,
    green: same,
    yellow: same,
    cyan: same,
    plain: same,
    finish: escapeLines,
    unicode,
  };
}

/**
 * Returns a style with colours. A look is first a mark that only this process knows, and becomes an escape sequence in
 * `finish`: so text from a repository that holds escape sequences is escaped, and it cannot hold the mark.
 */
export function colourStyle(unicode: boolean): Style {
  const mark = `\u0000${Math.random().toString(36).slice(2)}:`;
  const marks = new RegExp(`${mark}(\\d+);`, 'g');
  const paint =
    (look: Look) =>
    (text: string): string =>
      text === '' ? '' : `${mark}${SGR[look][0]};${text}${mark}${SGR[look][1]};`;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    cyan: paint('cyan'),
    plain: (text) => text.replace(marks, ''),
    finish: (text) =>
      text
        .split(marks)
        .map((part, index) => (index % 2 === 1 ? `\u001b[${part}m` : escapeLines(part)))
        .join(''),
    unicode,
  };
}
