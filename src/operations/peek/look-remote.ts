/** `list --remote` and `show --remote`: the ordinary operations over verified logs. */
import { parseModelName } from '../../domain/model-name.ts';
import { parseSpec } from '../../domain/selector.ts';
import { type ListEntriesInput, type ListEntriesResult, listEntries } from '../list-entries.ts';
import { listModels, type ModelRow } from '../list-models.ts';
import { type ShowResult, show } from '../show.ts';
import { chooseLog } from './choose-log.ts';
import { withLogsOf } from './open-logs.ts';
import type { OpenPeek, Peeked } from './remote-registry.ts';

/** An answer, and what of it was checked. */
type FromRemote<Result> = Result & { readonly remote: Peeked };

function verified(label: string): Peeked {
  return { label, verified: true, checked: 'log' };
}

/** Lists the models of a remote: every log of it is downloaded. */
export function listRemoteModels(
  open: OpenPeek,
  input: { readonly remote: string; readonly all: boolean },
): Promise<FromRemote<{ readonly models: readonly ModelRow[] }>> {
  return withLogsOf(open, input.remote, { kind: 'all' }, async (workspace, label) => ({
    ...(await listModels(workspace, input)),
    remote: verified(label),
  }));
}

/** Lists entries of one model of a remote: its log alone is downloaded. */
export function listRemoteEntries(
  open: OpenPeek,
  remote: string,
  input: ListEntriesInput,
): Promise<FromRemote<ListEntriesResult>> {
  const choice =
    input.model === undefined
      ? ({ kind: 'default' } as const)
      : ({ kind: 'model', model: parseModelName(input.model) } as const);
  return withLogsOf(open, remote, choice, async (workspace, label) => ({
    ...(await listEntries(workspace, input)),
    remote: verified(label),
  }));
}

/** Shows an entry of a remote: the log of its model alone is downloaded, all logs for a SHA without a model. */
export function showRemote(open: OpenPeek, remote: string, spec: string): Promise<FromRemote<ShowResult>> {
  return withLogsOf(open, remote, chooseLog(parseSpec(spec)), async (workspace, label) => ({
    ...(await show(workspace, { spec })),
    remote: verified(label),
  }));
}
