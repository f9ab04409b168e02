/** Where a push to a remote goes: `git push` sends to each of several URLs in turn. */
import { RegistryError } from '../../domain/errors.ts';
import type { RemoteTarget } from '../../ports/git-remote.ts';
import type { GitConfig } from '../git-config.ts';
import type { RemoteSetting } from './push-folder.ts';

/** What the user says of a remote that a push heeds. Refspecs, and what a mirror is, are the push's own. */
const HEEDED = new Set(['proxy', 'proxyauthmethod', 'receivepack', 'vcs']);

/** Returns the settings of each destination, at least one. Throws `no-remote`. */
export async function findPushDestinations(
  config: GitConfig,
  { name, address }: RemoteTarget,
): Promise<readonly (readonly RemoteSetting[])[]> {
  if (address !== name) return [[['url', address]]];
  const settings = await config.subsection('remote', name);
  const named = (wanted: string): readonly RemoteSetting[] => settings.filter(([variable]) => variable === wanted);
  const heeded = settings.filter(([variable]) => HEEDED.has(variable));
  const [urls, pushUrls] = [named('url'), named('pushurl')];
  if (urls.length + pushUrls.length === 0)
    throw new RegistryError('no-remote', `remote ${name}: it has no URL`, { hint: 'git remote -v' });
  // `url.<base>.pushInsteadOf` holds for URLs alone, where no push URL is told.
  if (pushUrls.length > 0) return pushUrls.map((pushUrl) => [...heeded, ...urls.slice(0, 1), pushUrl]);
  return urls.map((url) => [...heeded, url]);
}
