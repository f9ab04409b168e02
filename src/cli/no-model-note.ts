/** What a list of models says where there is none. */
import type { Workspace } from '../operations/workspace.ts';

/** Returns the line: how to get a registry, or how to begin one. */
export async function noModelNote(workspace: Workspace): Promise<string> {
  if (workspace.past !== undefined) return 'no model at that time';
  const { findUnfetched } = await import('../operations/sync/find-unfetched.ts');
  const remote = await findUnfetched(workspace);
  return remote === undefined
    ? 'no model yet: git registry init'
    : `no model here: git registry pull brings those of ${remote}, git registry init begins one`;
}
