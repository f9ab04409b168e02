/** The composition root: the only place where adapters meet operations (architecture §1). What is dear is loaded when asked for. */
import { FileFoldCache } from '../git/file-fold-cache.ts';
import { openGitPorts } from '../git/git-ports.ts';
import { openRepository } from '../git/open-repository.ts';
import { type Repository, repositoryRunner } from '../git/repository.ts';
import type { Workspace } from '../operations/workspace.ts';
import type { Checkout } from '../ports/checkout.ts';
import type { Settings } from '../ports/settings.ts';
import type { WeightsRemote } from '../ports/weights-remote.ts';
import type { LocalCache } from '../weights/local-cache.ts';
import type { Environment, WorkspaceOptions } from './context.ts';

/** Opens the registry of a folder. Throws `no-repository`, `permission`, `git-missing`. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  return workspaceOf(await openRepository(options.cwd, options.env), options);
}

/** Opens a temporary registry through which a remote is looked at; closing it leaves nothing. Throws `permission`, `no-space`, `io`. */
export async function openPeek(options: WorkspaceOptions, objectFormat: 'sha1' | 'sha256'): Promise<Workspace> {
  const { makePeekFolder } = await import('../git/git-remote/peek-folder.ts');
  const { repository, environment, remove } = await makePeekFolder(options.cwd, options.env, objectFormat);
  const workspace = workspaceOf(repository, { ...options, env: environment });
  return {
    ...workspace,
    close: async () => {
      await workspace.close();
      remove();
    },
  };
}

function workspaceOf(repository: Repository, options: WorkspaceOptions): Workspace {
  const { cwd, env, progress, signal } = options;
  const ports = openGitPorts(repository, env);
  const cache = once(() => openCache(repository, env, signal));
  const opened: WeightsRemote[] = [];
  const remotes = async (gitRemote?: string): Promise<readonly WeightsRemote[]> => {
    const found = await openRemotes(repository, options, ports.settings, gitRemote);
    opened.push(...found);
    return found;
  };
  return {
    ...ports,
    remotes,
    close: async () => {
      await Promise.all([ports.close(), ...opened.map((remote) => remote.close())]);
    },
    folds: new FileFoldCache(repository.commonDir),
    progress,
    hash: (type, body) => ports.objects.hash(type, body),
    weights: cache,
    pushed: once(async () => {
      const { GitPushedRefs } = await import('../git/git-pushed-refs.ts');
      return new GitPushedRefs(repository);
    }),
    source: once(async () => {
      const { BundleFolder } = await import('../weights/bundle-folder.ts');
      const { TrackedFiles } = await import('../weights/tracked-files.ts');
      const trackedFiles = once(async () => new TrackedFiles(await cache(), once(remotes)));
      return new BundleFolder(cwd, async (pointer, path) => (await trackedFiles()).find(pointer, path));
    }),
    checkout: once(() => openCheckout(repository, options)),
    probe: once(async () => {
      const { MachineProbe } = await import('../weights/machine-probe.ts');
      return new MachineProbe();
    }),
    snapshot: async (of) => {
      const { openSnapshot } = await import('../git/open-snapshot.ts');
      return openSnapshot(repository, env, of);
    },
    goodRefs: once(async () => new (await import('../git/file-good-refs.ts')).FileGoodRefs(repository)),
    hooks: once(async () => {
      const { GitHookFolder } = await import('../git/git-hook-folder.ts');
      return new GitHookFolder(repository, env);
    }),
    gates: async () => (await import('../gates/index.ts')).GATES,
    programs: once(async () => {
      const { GitLocalPrograms } = await import('../git/git-local-programs.ts');
      return new GitLocalPrograms(repository, env, signal);
    }),
    signatures: once(async () => {
      const { GitSignatures } = await import('../git/git-signatures.ts');
      const { objects, settings } = ports;
      return new GitSignatures({ repository, environment: env, objects, find: (key) => settings.find(key) });
    }),
    gitRemote: once(async () => {
      const { GitRemotes } = await import('../git/git-remote/git-remotes.ts');
      return new GitRemotes(repository, env, cwd);
    }),
    syncRefs: once(async () => {
      const { GitSyncRefs } = await import('../git/git-remote/git-sync-refs.ts');
      return new GitSyncRefs(repository, repositoryRunner(repository, env));
    }),
  };
}

/** Makes a repository of its own for the registry of a remote, and opens it. Throws `destination`, `remote-failed`, `remote-unreachable`. */
export async function createClone(options: WorkspaceOptions, url: string, folder: string): Promise<Workspace> {
  const { createRepository, findObjectFormat } = await import('../git/create-repository.ts');
  const objectFormat = await findObjectFormat(url, options.cwd, options.env);
  await createRepository({ folder, url, objectFormat }, options.env);
  return openWorkspace({ ...options, cwd: folder });
}

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}

async function openCache(repository: Repository, env: Environment, signal: AbortSignal): Promise<LocalCache> {
  const { locateCache } = await import('../weights/cache-folder.ts');
  const { LocalCache } = await import('../weights/local-cache.ts');
  return new LocalCache(await locateCache({ ...repository, env }), signal);
}

async function openRemotes(
  repository: Repository,
  { env, signal }: WorkspaceOptions,
  settings: Settings,
  gitRemote: string | undefined,
): Promise<readonly WeightsRemote[]> {
  const { findRemotes } = await import('../weights/remote-search.ts');
  const { openRemote } = await import('../weights/open-remote.ts');
  const policy = await settings.policy();
  const named = gitRemote ?? (await settings.find('registry.remote')) ?? policy.remote?.name ?? 'origin';
  const found = findRemotes({
    ...repository,
    env,
    chosen: await settings.find('registry.weightsremote'),
    policy: policy.weights ?? {},
    gitRemote: (await settings.find(`remote.${named}.url`)) ?? gitRemote,
  });
  const remotes = found.map((remote) => openRemote(remote, { env, signal }));
  const [first, ...others] = await Promise.allSettled(remotes);
  if (first?.status === 'rejected') throw first.reason;
  // The others only help out: one that cannot be served must not keep the first from its work.
  return [first, ...others].flatMap((outcome) => (outcome?.status === 'fulfilled' ? [outcome.value] : []));
}

async function openCheckout(repository: Repository, options: WorkspaceOptions): Promise<Checkout> {
  const { cwd, env, signal } = options;
  const { locateCache } = await import('../weights/cache-folder.ts');
  const { FolderCheckout } = await import('../weights/folder-checkout.ts');
  const { folder, linkTypes } = await locateCache({ ...repository, env });
  const forbidden = [repository.gitDir, repository.commonDir, folder];
  return new FolderCheckout({ cwd, workTree: repository.workTree, forbidden, linkTypes, signal });
}
