/** A hermetic environment for git: nothing of the machine or its user reaches a test, so object ids are constants. */
import { devNull } from 'node:os';

/** The identity under which tests write, unless they say otherwise. */
export const TEST_ACTOR: { readonly name: string; readonly email: string } = {
  name: 'Ada Tester',
  email: 'ada@example.org',
};

/** Unix seconds at which test commits are made. */
export const TEST_TIME = 1_700_000_000;

/** The last has all tests run in repositories of another ref format, as `GIT_DEFAULT_REF_FORMAT=reftable npm test`. */
const INHERITED = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP', 'TMP', 'GIT_DEFAULT_REF_FORMAT'];

/** Returns the environment: `home` is an empty folder, system and global configuration are nulled, names and dates fixed. */
export function gitEnvironment(home: string): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    XDG_CONFIG_HOME: home,
    TZ: 'UTC',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: TEST_ACTOR.name,
    GIT_AUTHOR_EMAIL: TEST_ACTOR.email,
    GIT_AUTHOR_DATE: `@${TEST_TIME} +0000`,
    GIT_COMMITTER_NAME: TEST_ACTOR.name,
    GIT_COMMITTER_EMAIL: TEST_ACTOR.email,
    GIT_COMMITTER_DATE: `@${TEST_TIME} +0000`,
  };
}
