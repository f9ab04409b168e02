/** The workspace as it looks with a quarantine in it: reads see both. */
import type { Quarantine } from '../../ports/git-remote.ts';
import type { Workspace } from '../workspace.ts';

/** Returns the workspace with the quarantine's objects. */
export function quarantinedWorkspace(workspace: Workspace, quarantine: Quarantine): Workspace {
  return {
    ...workspace,
    objects: quarantine.objects,
    log: quarantine.log,
  };
}
