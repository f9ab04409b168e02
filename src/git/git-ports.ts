/** All ports that one repository gives, over one set of git children. Nothing is started before it is asked for. */
import type { Clock } from '../ports/clock.ts';
import type { EntryGraph } from '../ports/entry-graph.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Lock } from '../ports/lock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { RefStore } from '../ports/ref-store.ts';
import type { RepositoryFiles } from '../ports/repository-files.ts';
import type { Settings } from '../ports/settings.ts';
import { FileLock } from './file-lock.ts';
import { GitConfig } from './git-config.ts';
import { GitEntryGraph } from './git-entry-graph.ts';
import type { Environment } from './git-environment.ts';
import { GitEventLog } from './git-event-log.ts';
import { GitObjectStore } from './git-object-store.ts';
import { GitRefStore } from './git-ref-store.ts';
import { GitRepositoryFiles } from './git-repository-files.ts';
import { GitSettings } from './git-settings.ts';
import { type Repository, repositoryRunner } from './repository.ts';
import { SYSTEM_CLOCK } from './system-clock.ts';

/** The ports of a repository. */
export interface GitPorts {
  readonly objects: ObjectStore;
  readonly refs: RefStore;
  readonly log: EventLog;
  readonly graph: EntryGraph;
  readonly repository: RepositoryFiles;
  readonly settings: Settings;
  readonly lock: Lock;
  readonly clock: Clock;
  /** Ends the children, so that node exits at once. */
  close(): Promise<void>;
}

/** Opens the ports. Costs nothing: no process, no file. */
export function openGitPorts(repository: Repository, environment: Environment): GitPorts {
  const git = repositoryRunner(repository, environment);
  const config = new GitConfig(git);
  const objects = new GitObjectStore(repository, git);
  const refs = new GitRefStore(repository, git);
  return {
    objects,
    refs,
    log: new GitEventLog(repository, git, objects, refs, config),
    graph: new GitEntryGraph(git),
    repository: new GitRepositoryFiles(repository, git),
    settings: new GitSettings({ repository, environment, config, objects, git }),
    lock: new FileLock(repository.commonDir),
    clock: SYSTEM_CLOCK,
    close: () => objects.close(),
  };
}
