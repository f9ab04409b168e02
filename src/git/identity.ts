/** Who writes, by the rules that git has for a committer. */
import { RegistryError } from '../domain/errors.ts';
import type { Actor } from '../domain/event.ts';
import type { GitConfig } from './git-config.ts';
import type { Environment } from './git-environment.ts';

/**
 * Returns the identity: GIT_COMMITTER_*, committer.*, user.*, EMAIL. Unlike git it never guesses from the machine's user
 * and host names, since events are for ever. Throws `no-identity`; data `{missing}`.
 */
export async function readIdentity(config: GitConfig, environment: Environment): Promise<Actor> {
  const find = async (part: 'name' | 'email'): Promise<string> => {
    const stated = environment[`GIT_COMMITTER_${part.toUpperCase()}`];
    return withoutCrud(stated ?? (await config.find(`committer.${part}`)) ?? (await config.find(`user.${part}`)) ?? '');
  };
  const name = await find('name');
  const email = (await find('email')) || withoutCrud(environment['EMAIL'] ?? '');
  if (name !== '' && email !== '') return { name, email };
  const missing = name === '' ? 'name' : 'email';
  throw new RegistryError(
    'no-identity',
    `identity: expected user.name and user.email in git's configuration, got no ${missing}; set both:\n` +
      '  git config --global user.name "Your Name"\n' +
      '  git config --global user.email you@example.org',
    { hint: `git config --global user.${missing} "..."`, data: { missing } },
  );
}

/**
 * Removes what git removes: white space, controls and .,:;<>"\' at both ends, and everywhere what would end the field. Git
 * of today leaves the dots; without them one person is the same to all versions.
 */
export function withoutCrud(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git takes every byte up to the space for crud.
  return text.replace(/^[\u0000-\u0020.,:;<>"\\']+|[\u0000-\u0020.,:;<>"\\']+$/g, '').replace(/[\n<>]/g, '');
}
