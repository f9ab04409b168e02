/** Where a push to a remote goes: `git push` sends to each of several URLs in turn. */
import { RegistryError } from '../../domain/errors.ts';
import type { RemoteTarget } from '../../ports/git-remote.ts';
import { bytesOf } from '../config-text.ts';
import type { GitConfig } from '../git-config.ts';
import type { RemoteSetting } from './push-folder.ts';

/** What the user says of a remote that a push heeds. Refspecs, and what a mirror is, are the push's own. */
const HEEDED = new Set(['proxy', 'proxyauthmethod', 'receivepack', 'vcs']);

/** One of the URLs that a push goes to. */
export interface PushDestination {
  readonly settings: readonly RemoteSetting[];
  /** It is the URL that listings and fetches ask. */
  readonly isListed: boolean;
}

/** Returns them, at least one. Throws `no-remote`. */
export async function findPushDestinations(
  config: GitConfig,
  { name, address }: RemoteTarget,
): Promise<readonly PushDestination[]> {
  const bases = await pushBases(config);
  const isRewritten = ([, url]: RemoteSetting): boolean => bases.some((base) => url.startsWith(base));
  if (address !== name) {
    const setting: RemoteSetting = ['url', bytesOf(address)];
    return [{ settings: [setting], isListed: !isRewritten(setting) }];
  }
  const settings = await config.subsection('remote', name);
  const heeded = settings.filter(([variable]) => HEEDED.has(variable));
  const [urls, pushUrls] = [named(settings, 'url'), named(settings, 'pushurl')];
  if (urls.length + pushUrls.length === 0)
    throw new RegistryError('no-remote', `remote ${name}: it has no URL`, { hint: 'git remote -v' });
  if (pushUrls.length > 0) {
    return pushUrls.map((pushUrl) => ({ settings: [...heeded, ...urls.slice(0, 1), pushUrl], isListed: false }));
  }
  // Where `url.<base>.pushInsteadOf` is said of some, git pushes to those alone.
  const rewritten = urls.filter(isRewritten);
  if (rewritten.length > 0) return rewritten.map((url) => ({ settings: [...heeded, url], isListed: false }));
  return urls.map((url, at) => ({ settings: [...heeded, url], isListed: at === 0 }));
}

/** An empty one takes back those before it (git 2.46). */
function named(settings: readonly RemoteSetting[], wanted: string): readonly RemoteSetting[] {
  const found = settings.filter(([variable]) => variable === wanted);
  return found.slice(found.findLastIndex(([, value]) => value === '') + 1);
}

async function pushBases(config: GitConfig): Promise<readonly string[]> {
  const names = await config.subsections('url', 'pushinsteadof');
  const sections = await Promise.all(names.map((name) => config.subsection('url', name)));
  return sections.flat().flatMap(([variable, value]) => (variable === 'pushinsteadof' ? [value] : []));
}
