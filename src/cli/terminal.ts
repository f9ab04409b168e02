/** What the terminal can show, from the environment and what the user asked for. */
import type { Environment } from './context.ts';
import type { Output } from './output.ts';
import { colourStyle, plainStyle, type Style } from './render/style.ts';

/** Tells whether the locale's encoding is UTF-8. Windows and macOS terminals are, whatever the variables say. */
export function isUnicodeLocale(env: Environment, platform: NodeJS.Platform): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (locale === '') return platform === 'win32' || platform === 'darwin';
  return /utf-?8/i.test(locale);
}

/** Tells whether text for this stream is coloured: `--color`, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal. */
function wantsColour(
  asked: 'auto' | 'always' | 'never',
  output: Pick<Output, 'isTerminal'>,
  env: Environment,
): boolean {
  if (asked !== 'auto') return asked === 'always';
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTerminal && env['TERM'] !== 'dumb';
}

/** Returns the style for a stream. */
export function styleFor(
  output: Output,
  asked: 'auto' | 'always' | 'never',
  env: Environment,
  platform: NodeJS.Platform,
): Style {
  const unicode = isUnicodeLocale(env, platform);
  return wantsColour(asked, output, env) ? colourStyle(unicode) : plainStyle(unicode);
}

/** Returns how wide text for a stream may be: Infinity where it is no terminal. */
export function widthOf(output: Output): number {
  return output.isTerminal ? Math.max(20, output.columns || 80) : Infinity;
}
