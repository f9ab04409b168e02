/** Registries of a team: clones of one real remote, each with a person of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openWorkspace } from '../../src/cli/compose.ts';
import type { RegisterInput } from '../../src/operations/planned-entry.ts';
import type { RegisterResult } from '../../src/operations/register.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { SILENT } from '../../src/ports/progress.ts';
import { gitEnvironment } from './git-env.ts';
import { lmBundle, registerIn, writeBundle } from './registry-rig.ts';
import { repositoryAt, type TemporaryRepository, temporaryFolder } from './temporary-repository.ts';

/** One person's clone. */
export interface SyncClone {
  readonly repository: TemporaryRepository;
  readonly workspace: Workspace;
  /** Registers the bundle of a seed in model `m`, unless told otherwise. */
  register(seed: number, options?: Partial<RegisterInput>): Promise<RegisterResult>;
  /** Opens the clone again, as another process would see it. */
  reopen(): Promise<Workspace>;
  /** Returns the target of a ref, or undefined. */
  ref(name: string): string | undefined;
  /** Returns the events of a model, oldest first. */
  events(model?: string): readonly Readonly<Record<string, unknown>>[];
}

/** A team with a bare repository. */
export interface SyncRig {
  readonly remote: TemporaryRepository;
  /** Makes a clone whose `origin` is `url`, the bare repository unless told otherwise. */
  clone(person: string, url?: string): Promise<SyncClone>;
}

let now = Date.UTC(2026, 0, 5, 9);

/** Makes a bare repository. */
export function syncRig(objectFormat: 'sha1' | 'sha256' = 'sha1'): SyncRig {
  const root = temporaryFolder();
  const home = join(root, 'home');
  const bare = join(root, 'remote.git');
  for (const folder of [home, bare]) mkdirSync(folder);
  const remote = repositoryAt(bare, bare, gitEnvironment(home));
  remote.git(['init', '--quiet', '--bare', '--initial-branch=main', `--object-format=${objectFormat}`]);
  let clones = 0;
  return {
    remote,
    async clone(person, url = bare) {
      clones += 1;
      const folder = join(root, `${person}-${clones}`);
      mkdirSync(folder);
      const environment = {
        ...gitEnvironment(home),
        GIT_AUTHOR_NAME: person,
        GIT_AUTHOR_EMAIL: `${person}@example.org`,
        GIT_COMMITTER_NAME: person,
        GIT_COMMITTER_EMAIL: `${person}@example.org`,
      };
      const repository = repositoryAt(folder, join(folder, '.git'), environment);
      repository.git(['init', '--quiet', '--initial-branch=main', `--object-format=${objectFormat}`]);
      repository.git(['remote', 'add', 'origin', url]);
      // A folder keeps weights beside the refs; a server keeps refs alone.
      if (url !== bare) repository.git(['config', 'registry.weightsRemote', join(root, 'weights')]);
      return openClone(repository, join(root, 'bundles'));
    },
  };
}

async function openClone(repository: TemporaryRepository, bundles: string): Promise<SyncClone> {
  const open = async (): Promise<Workspace> => {
    const signal = new AbortController().signal;
    const opened = await openWorkspace({
      cwd: repository.folder,
      env: repository.environment,
      progress: SILENT,
      signal,
    });
    onTestFinished(() => opened.close());
    return { ...opened, clock: { ...opened.clock, now: () => (now += 1000) } };
  };
  const workspace = await open();
  return {
    repository,
    workspace,
    reopen: open,
    register: (seed, options) =>
      registerIn(workspace, writeBundle(join(bundles, `bundle-${seed}`), lmBundle(seed)), options),
    ref: (name) => repository.tryGit(['rev-parse', '--verify', '--quiet', name]).stdout.trim() || undefined,
    events: (model = 'm') => eventsIn(repository, model),
  };
}

/** Returns the events of a model of any repository, oldest first. */
export function eventsIn(repository: TemporaryRepository, model = 'm'): readonly Readonly<Record<string, unknown>>[] {
  const args = ['log', '--first-parent', '--reverse', '-z', '--format=%B', `refs/registry/log/${model}`];
  const messages = repository
    .git(args)
    .split('\0')
    .filter((message) => message !== '');
  return messages.map((message) => JSON.parse(message.slice(message.indexOf('\n\n') + 2)) as Record<string, unknown>);
}
