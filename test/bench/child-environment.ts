/** The environment of everything that is measured: the machine's, without what slows or changes one side only. */
import { cacheFolder } from './cache-folder.ts';

const INHERITED = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP', 'TMP'];

/**
 * Returns the environment. `NODE_EXTRA_CA_CERTS` costs each start of Node some 30 ms and `NODE_OPTIONS` as it likes: both
 * are left out, as are git's own variables and the user's configuration.
 */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const home = cacheFolder('home');
  return { ...Object.fromEntries(inherited), HOME: home, XDG_CONFIG_HOME: home, TZ: 'UTC', LC_ALL: 'C', ...extra };
}
