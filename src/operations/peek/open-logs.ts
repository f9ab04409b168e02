/** Logs of a remote, downloaded into quarantine and verified whole: the ordinary operations then read them as if they were here. */
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { FoldedModel } from '../../ports/fold-cache.ts';
import type { Quarantine } from '../../ports/git-remote.ts';
import type { RefStore } from '../../ports/ref-store.ts';
import { findDefaultModel } from '../choose-model.ts';
import { quarantinedWorkspace } from '../sync/quarantined-workspace.ts';
import { IncomingEntries, verifyIncoming } from '../sync/verify-incoming.ts';
import type { Workspace } from '../workspace.ts';
import {
  inFormatOf,
  listRefs,
  logsAmong,
  type OpenPeek,
  type RemoteRegistry,
  unknownRemoteModel,
  withRemote,
} from './remote-registry.ts';

/** Which logs to open: that of a model, that of the default model, or all. */
export type LogChoice =
  | { readonly kind: 'model'; readonly model: ModelName }
  | { readonly kind: 'default' }
  | { readonly kind: 'all' };

/** Opens logs of the remote that a word names. Throws `no-remote`, `unknown-model`, `remote-tampered`. */
export function withLogsOf<T>(
  open: OpenPeek,
  word: string,
  choice: LogChoice,
  read: (workspace: Workspace, label: string) => Promise<T>,
): Promise<T> {
  return withRemote(open, word, (remote) =>
    withLogs(open, remote, choice, (workspace) => read(workspace, remote.target.label)),
  );
}

/** Opens logs of a remote. Throws `unknown-model`, `remote-tampered`. */
export async function withLogs<T>(
  open: OpenPeek,
  remote: RemoteRegistry,
  choice: LogChoice,
  read: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const named = choice.kind === 'model' ? choice.model : undefined;
  const listed = logsAmong(
    await listRefs(remote, [
      named === undefined
        ? { kind: 'below', filter: { kind: 'models' } }
        : { kind: 'ref', key: { kind: 'log', model: named } },
    ]),
  );
  if (named !== undefined && !listed.has(named)) throw await unknownRemoteModel(remote, named);
  const models = [...listed.keys()].sort();
  const chosen = choice.kind === 'default' ? await defaultAmong(remote, models) : models;
  const logs = chosen.flatMap((model) => {
    const tip = listed.get(model);
    return tip === undefined ? [] : [{ model, tip }];
  });
  const [first] = logs;
  if (first === undefined) return read(seenWith(remote.workspace, models, new Map()));
  return inFormatOf(open, remote, first.tip, async ({ workspace, target, caps }) => {
    const git = await workspace.gitRemote();
    const quarantine = await git.download(target, { logs, known: [], afresh: true, caps });
    try {
      const seen = quarantinedWorkspace(workspace, quarantine);
      return await read(seenWith(seen, models, await verifyLogs(seen, quarantine, target.label)));
    } finally {
      await quarantine.close();
    }
  });
}

/** Without a default the operation says so; it needs no log for that. */
async function defaultAmong(remote: RemoteRegistry, models: readonly ModelName[]): Promise<readonly ModelName[]> {
  const model = await findDefaultModel(seenWith(remote.workspace, models, new Map()));
  return model === undefined ? [] : [model];
}

async function verifyLogs(
  workspace: Workspace,
  { tips, failed }: Quarantine,
  label: string,
): Promise<ReadonlyMap<ModelName, FoldedModel>> {
  for (const { fault } of failed) throw fault;
  const entries = new IncomingEntries();
  const folded = new Map<ModelName, FoldedModel>();
  for (const [model, tip] of tips)
    folded.set(
      model,
      await verifyIncoming(workspace, { model, tip, base: undefined }, label, entries).catch((error: unknown) => {
        throw asTampered(error, label, model);
      }),
    );
  return folded;
}

/** Nothing is known here that could be kept, and there is nothing to trust it into. */
function asTampered(error: unknown, label: string, model: ModelName): unknown {
  const isDamage = error instanceof RegistryError && /^(?:corrupt-|remote-tampered)/.test(error.code);
  if (!isDamage) return error;
  const message = error.code === 'remote-tampered' ? error.message : `remote ${label}, ${model}: ${error.message}`;
  return new RegistryError('remote-tampered', message, { data: { ...error.data, remote: label, model }, cause: error });
}

/** The registry as operations read it: the verified logs, the names of all listed ones, no view. */
function seenWith(
  workspace: Workspace,
  models: readonly ModelName[],
  folded: ReadonlyMap<ModelName, FoldedModel>,
): Workspace {
  const { log, refs } = workspace;
  const seen: RefStore = {
    find: async (key) => (key.kind === 'log' ? folded.get(key.model)?.tip : undefined),
    list: async () => ({ refs: [], odd: [] }),
    apply: (updates) => refs.apply(updates),
    nameOf: (key) => refs.nameOf(key),
  };
  return {
    ...workspace,
    refs: seen,
    folds: { find: async (model) => folded.get(model), save: async () => undefined },
    log: {
      read: (tip, after) => log.read(tip, after),
      make: (commits, objects) => log.make(commits, objects),
      models: async () => models,
      modelsContaining: async () => models,
    },
  };
}
