/** `--by`: on whose behalf a command runs, beside the git identity that runs it (format §6.2, `onBehalfOf`). */
import { RegistryError } from '../domain/errors.ts';
import type { Actor } from '../domain/event.ts';
import type { OptionSpec } from './command.ts';

/** The option `--by` of every verb that writes events. */
export const BY_OPTION = {
  kind: 'string',
  placeholder: 'NAME',
  says: 'on whose behalf: NAME, EMAIL or "NAME <EMAIL>"; your git identity stays beside it',
} as const satisfies OptionSpec;

/**
 * Returns the actor that a text names. A bare address is name and email at once, so that whoever compares emails finds
 * it; a bare name has an empty email, since an invented one would be a claim nobody made. Throws `usage`.
 */
export function parseActor(text: string): Actor {
  const trimmed = text.trim();
  const [, named, address] = /^([^<>]*)<([^<>\s]+@[^<>\s]+)>$/.exec(trimmed) ?? [];
  if (trimmed === '' || trimmed.length > 200 || /\p{Control}/u.test(trimmed)) throw unreadable(text);
  if (address !== undefined) return { name: named?.trim() || address, email: address };
  if (/[<>]/.test(trimmed)) throw unreadable(text);
  return { name: trimmed, email: /^\S+@\S+$/.test(trimmed) ? trimmed : '' };
}

function unreadable(text: string): RegistryError {
  return new RegistryError(
    'usage',
    `--by: expected NAME, EMAIL or "NAME <EMAIL>", got ${JSON.stringify(text.slice(0, 200))}`,
    {
      data: { option: '--by', value: text },
    },
  );
}
