/** The environment and the flags of every git child (architecture §3): the user's habits must not change what git does. */
import { devNull } from 'node:os';
import { isatty } from 'node:tty';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Inherited `GIT_*` variables that keep their meaning: where the repository is (hooks set these), what configuration
 * says, who writes, how a partial clone reaches its remote, and tracing. All others are dropped.
 */
const KEPT = new Set([
  'GIT_DIR',
  'GIT_COMMON_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_QUARANTINE_PATH',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_EXEC_PATH',
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_ALLOW_PROTOCOL',
  'GIT_PROTOCOL_FROM_USER',
  'GIT_NO_LAZY_FETCH',
  'GIT_ASKPASS',
]);
const KEPT_FAMILIES =
  /^GIT_(?:CONFIG_(?:PARAMETERS|COUNT|KEY_\d+|VALUE_\d+|NOSYSTEM|SYSTEM|GLOBAL)|TRACE2.*|SSH.*|SSL_.*|PROXY_.*|HTTP_.*)$/;

/** Arguments that come before every subcommand: no hook and no monitor of the user runs, no advice mixes into errors. */
export const NEUTRAL_FLAGS: readonly string[] = [
  ...['-c', `core.hooksPath=${devNull}`],
  ...['-c', 'core.fsmonitor=false'],
  // GIT_GRAFT_FILE below is what this would be advice about.
  ...['-c', 'advice.graftFileDeprecated=false'],
];

/** Makes git flush the objects and refs that a command writes before it ends (perf-lab: stock git flushes neither). */
export const DURABLE_FLAGS: readonly string[] = ['-c', 'core.fsync=committed'];

/**
 * Returns the environment of a git child. Replace refs and grafts are off: they show other bytes than the ids name.
 * `grafts`: a file of ours, for a git that is not to look behind some commits.
 */
export function childEnvironment(inherited: Environment, grafts: string = devNull): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value === undefined) continue;
    if (!name.startsWith('GIT_') || KEPT.has(name) || KEPT_FAMILIES.test(name)) kept[name] = value;
  }
  return {
    ...kept,
    ...(isatty(0) ? {} : { GIT_TERMINAL_PROMPT: '0' }),
    GIT_GRAFT_FILE: grafts,
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
    TZ: 'UTC',
  };
}
