/** A registry as a remote has it, looked at without a clone: refs are listed as they are asked for, logs come into quarantine. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import { nearNames } from '../../domain/near.ts';
import type { RefWish, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefEntry } from '../../ports/ref-store.ts';
import { readCaps } from '../sync/read-caps.ts';
import type { Workspace } from '../workspace.ts';

/** Opens a temporary repository of an object format. */
export type OpenPeek = (objectFormat: 'sha1' | 'sha256') => Promise<Workspace>;

/** How much of a remote's answer was recomputed. `log`: all that the answer rests on; `entry`: that the entry is what its SHA says, not that the log names it. */
export interface Peeked {
  readonly label: string;
  readonly verified: boolean;
  readonly checked: 'log' | 'entry';
}

/** A remote that was chosen, and the temporary repository that its objects go to. */
export interface RemoteRegistry {
  readonly workspace: Workspace;
  readonly target: RemoteTarget;
  readonly caps: RemoteCaps;
}

/** Runs what looks at a remote, and leaves nothing behind. Throws `no-remote`. */
export async function withRemote<T>(
  open: OpenPeek,
  word: string,
  look: (remote: RemoteRegistry) => Promise<T>,
): Promise<T> {
  const workspace = await open('sha1');
  try {
    const target = await (await workspace.gitRemote()).find(word);
    if (target === undefined) {
      throw new RegistryError('no-remote', `--remote ${word}: no URL, no folder, and no remote of that name`, {
        data: { remote: word },
        hint: 'git remote -v',
      });
    }
    return await look({ workspace, target, caps: await readCaps(workspace) });
  } finally {
    await workspace.close();
  }
}

/** Lists refs; the odd ones among them are nobody's. */
export async function listRefs(remote: RemoteRegistry, wishes: readonly RefWish[]): Promise<readonly RefEntry[]> {
  const { workspace, target, caps } = remote;
  return (await (await workspace.gitRemote()).listSome(target, wishes, caps)).refs;
}

/** Runs something with a repository of the remote's object format, which the length of its ids tells. */
export async function inFormatOf<T>(
  open: OpenPeek,
  remote: RemoteRegistry,
  id: ObjectId,
  look: (remote: RemoteRegistry) => Promise<T>,
): Promise<T> {
  if (id.length === remote.workspace.objects.hash('tree', new Uint8Array()).length) return look(remote);
  const workspace = await open('sha256');
  try {
    return await look({ ...remote, workspace });
  } finally {
    await workspace.close();
  }
}

/** Returns the logs among refs. */
export function logsAmong(refs: readonly RefEntry[]): ReadonlyMap<ModelName, ObjectId> {
  return new Map(refs.flatMap(({ key, id }) => (key.kind === 'log' ? [[key.model, id] as const] : [])));
}

/** Returns the fault for a model that the remote has no log of, naming near ones. */
export async function unknownRemoteModel(remote: RemoteRegistry, model: ModelName): Promise<RegistryError> {
  const models = [...logsAmong(await listRefs(remote, [{ kind: 'below', filter: { kind: 'models' } }])).keys()];
  const near = nearNames(model, models);
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
  return new RegistryError('unknown-model', `model ${model}: not on ${remote.target.label}${meant}`, {
    data: { model, near, remote: remote.target.label },
    hint: `git registry list --remote ${remote.target.label}`,
  });
}
