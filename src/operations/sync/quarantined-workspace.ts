/** The workspace as it looks with a quarantine in it: reads see both, and nothing that is not verified is remembered. */
import type { FoldedModel } from '../../ports/fold-cache.ts';
import type { Quarantine } from '../../ports/git-remote.ts';
import type { Workspace } from '../workspace.ts';

/** Returns the workspace with the quarantine's objects. Folds may be looked up, never saved. */
export function quarantinedWorkspace(workspace: Workspace, quarantine: Quarantine): Workspace {
  return {
    ...workspace,
    objects: quarantine.objects,
    log: quarantine.log,
    folds: { find: (model) => workspace.folds.find(model), save: async (_folded: FoldedModel) => undefined },
  };
}
