/** Which refs a push gives a remote (format §7.5): those of the layout that the remote shows; a setting is for one that shows none. */
import { RegistryError } from '../../domain/errors.ts';
import type { Layout } from '../../domain/settle/layout.ts';
import type { Workspace } from '../workspace.ts';
import { type FetchedRemote, fetchRemote } from './fetch-remote.ts';
import type { Scope } from './scope.ts';
import { indexListing } from './verified-remote.ts';

/** The layout of a push. */
export interface ChosenLayout {
  readonly layout: Layout;
  /** What the settings ask for, where the remote is of the other layout already. */
  readonly wanted?: Layout;
}

/**
 * Chooses. Half a layout is none: versions that only some clones publish would make a remote answer with old ones, so that a
 * remote keeps the layout that its entries show. Throws `usage`.
 */
export async function chooseLayout(workspace: Workspace, fetched: FetchedRemote, scope: Scope): Promise<ChosenLayout> {
  const wanted = await readWanted(workspace);
  const shown = await findShown(workspace, fetched, scope);
  if (shown === undefined) return { layout: wanted ?? 'all' };
  return wanted === undefined || wanted === shown ? { layout: shown } : { layout: shown, wanted };
}

/** Returns undefined for a remote that has no registered entry yet. */
async function findShown(
  workspace: Workspace,
  { target, listing, layout }: FetchedRemote,
  scope: Scope,
): Promise<Layout | undefined> {
  if (listing.refs.some(({ key }) => key.kind === 'entry')) return 'all';
  if (layout === 'log') return 'log';
  if (scope.isAll) return undefined;
  // Only logs tell now, and those of models that were not asked for may never have been fetched.
  const { logs } = indexListing(await (await workspace.syncRefs()).verified(target.name));
  const isUnread = listing.refs.some(({ key }) => key.kind === 'log' && !logs.has(key.model));
  return isUnread && (await fetchRemote(workspace, target)).layout === 'log' ? 'log' : undefined;
}

/** Reads git config `registry.remoteLayout`, else `remote.layout` of registry.yaml. Throws `usage`. */
async function readWanted({ settings }: Workspace): Promise<Layout | undefined> {
  const told = await settings.find('registry.remotelayout');
  if (told === undefined) return (await settings.policy()).remote?.layout;
  if (told === 'all' || told === 'log') return told;
  throw new RegistryError(
    'usage',
    `git config registry.remoteLayout: expected all or log, got ${JSON.stringify(told)}`,
    {
      hint: 'git config registry.remoteLayout all',
    },
  );
}
