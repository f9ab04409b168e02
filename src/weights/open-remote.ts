/** Opens a remote that was found: the adapter for its scheme, else an installed DVC, else an error that says which. */
import { setMaxListeners } from 'node:events';
import type { WeightsRemote } from '../ports/weights-remote.ts';
import type { OpenContext } from './open-context.ts';
import { RemoteOptions } from './remote-options.ts';
import type { FoundRemote } from './remote-search.ts';
import { isUrl, locationOf, schemeOf } from './remote-url.ts';
import { ContentRemote } from './remotes/content-remote.ts';
import { badRemote } from './remotes/remote-fault.ts';
import type { RemoteTransport } from './remotes/transport.ts';

/** What an adapter makes of a remote. Undefined: its options are none of ours. */
type Opened = Promise<RemoteTransport | undefined>;

/** Opens. Nothing is asked of a server yet. Throws `bad-weights-remote`, `permission`, `io`. */
export async function openRemote(found: FoundRemote, context: OpenContext): Promise<WeightsRemote> {
  // Each request in flight listens.
  setMaxListeners(0, context.signal);
  const options = new RemoteOptions(found.name, found.options, context.env);
  refuseOtherKinds(found, options);
  const jobs = options.whole('jobs');
  const transport = (await openOwn(found, options, context)) ?? (await openByDvc(found, options.unknown(), context));
  return new ContentRemote({
    name: found.name,
    location: locationOf(found.url),
    jobs,
    layout: found.layout,
    transport,
  });
}

/** DVC keeps no content under names of digests there, but files under their own paths. */
function refuseOtherKinds(found: FoundRemote, options: RemoteOptions): void {
  for (const kind of ['version_aware', 'worktree']) {
    if (options.flag(kind) !== true) continue;
    const problem = `${kind} remotes keep files under their own paths, where weights cannot be found by content`;
    throw badRemote(found.name, problem, 'name another remote: git config registry.weightsRemote NAME');
  }
}

async function openOwn(found: FoundRemote, options: RemoteOptions, context: OpenContext): Opened {
  if (!isUrl(found.url)) return openFolder(found, options, context);
  switch (schemeOf(found.url)) {
    case 'http':
    case 'https':
      return (await import('./remotes/http-options.ts')).openHttp(found, options, context);
    case 's3':
      return (await import('./remotes/s3-options.ts')).openS3Remote(found, options, context);
    case 'ssh':
    case 'sftp':
      return (await import('./remotes/ssh-options.ts')).openSsh(found, options, context);
    default:
      return undefined;
  }
}

async function openFolder(found: FoundRemote, options: RemoteOptions, { signal }: OpenContext): Opened {
  const { FolderTransport } = await import('./remotes/folder-transport.ts');
  return options.unknown().length === 0 ? new FolderTransport(found.url, signal) : undefined;
}

async function openByDvc(
  found: FoundRemote,
  unknown: readonly string[],
  context: OpenContext,
): Promise<RemoteTransport> {
  const { findDvc, DvcTransport } = await import('./remotes/dvc-transport.ts');
  const program = findDvc(context.env);
  const what = unknown.length === 0 ? `${schemeOf(found.url)}:// URLs` : `the option ${unknown.join(', ')}`;
  if (program === undefined)
    throw badRemote(found.name, `only DVC serves ${what}, and no dvc is on the PATH`, 'pip install dvc');
  if (found.layout !== 'dvc') {
    throw badRemote(found.name, `only DVC serves ${what}, and it knows no layout but dvc, got ${found.layout}`);
  }
  return new DvcTransport(program, found, context);
}
