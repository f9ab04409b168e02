/** Whether others can see what was just written. */
import type { Workspace } from '../operations/workspace.ts';

/**
 * Returns the note that ends a verb which wrote events, where there is a remote to publish to: local work is never called
 * shared. A verb that had nothing to do wrote nothing that could be unpublished.
 */
export async function publishNotes(workspace: Workspace, wrote: boolean): Promise<readonly string[]> {
  if (!wrote || (await workspace.settings.remotes()).length === 0) return [];
  return ['not published: git registry push'];
}
