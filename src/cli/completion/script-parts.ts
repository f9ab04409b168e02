/** What the completion scripts have in common. */
import type { Command } from '../command.ts';

/** Returns each first word once, with what it does; of commands of two words, that it has some. */
export function summariseVerbs(commands: readonly Command[]): readonly (readonly [verb: string, says: string])[] {
  const verbs = new Map<string, string>();
  for (const { name, summary } of commands) {
    const [verb = ''] = name.split(' ');
    if (!verbs.has(verb)) verbs.set(verb, verb === name ? summary : `Commands of ${verb}`);
  }
  return [...verbs];
}

/** Returns the text in single quotes, for zsh and fish alike: both read `'\''` as one quote. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
