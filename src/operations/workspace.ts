/** What an operation may use: every port, opened lazily by the composition root. */
import type { HashObject } from '../domain/git-object.ts';
import type { BundleSource } from '../ports/bundle-source.ts';
import type { Checkout } from '../ports/checkout.ts';
import type { Clock } from '../ports/clock.ts';
import type { EntryGraph } from '../ports/entry-graph.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { FoldCache } from '../ports/fold-cache.ts';
import type { Gate } from '../ports/gate.ts';
import type { GitRemote } from '../ports/git-remote.ts';
import type { GoodRefs } from '../ports/good-refs.ts';
import type { HookFolder } from '../ports/hook-folder.ts';
import type { LocalPrograms } from '../ports/local-programs.ts';
import type { Lock } from '../ports/lock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Progress } from '../ports/progress.ts';
import type { PushedRefs } from '../ports/pushed-refs.ts';
import type { RefStore } from '../ports/ref-store.ts';
import type { RepositoryFiles } from '../ports/repository-files.ts';
import type { Settings } from '../ports/settings.ts';
import type { Signatures } from '../ports/signatures.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import type { SyncRefs } from '../ports/sync-refs.ts';
import type { TrainingProbe } from '../ports/training-probe.ts';
import type { WeightsCache } from '../ports/weights-cache.ts';
import type { WeightsRemote } from '../ports/weights-remote.ts';

/** An open registry. */
export interface Workspace {
  readonly repository: RepositoryFiles;
  readonly objects: ObjectStore;
  readonly refs: RefStore;
  readonly log: EventLog;
  readonly graph: EntryGraph;
  readonly folds: FoldCache;
  readonly settings: Settings;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Present where this is the registry as it was (`--at`): the instant, in event time format, and the registry as it is. */
  readonly past?: { readonly at: string; readonly present: Workspace };
  /** Computes object ids in the repository's object format. */
  readonly hash: HashObject;
  weights(): Promise<WeightsCache>;
  /** What a server's hooks see of a push. */
  pushed(): Promise<PushedRefs>;
  /** Opens the remotes of weights, the one to write to first; a git remote (name, URL, path) that is a plain folder is one. */
  remotes(gitRemote?: string): Promise<readonly WeightsRemote[]>;
  source(): Promise<BundleSource>;
  checkout(): Promise<Checkout>;
  probe(): Promise<TrainingProbe>;
  /** Throws `usage` for the work tree of a bare repository. */
  snapshot(of: 'index' | 'work-tree'): Promise<Snapshot>;
  goodRefs(): Promise<GoodRefs>;
  hooks(): Promise<HookFolder>;
  /** Every gate there is, in the order in which they are judged. */
  gates(): Promise<readonly Gate[]>;
  /** What runs after a move. */
  programs(): Promise<LocalPrograms>;
  /** Judges who signed an event. */
  signatures(): Promise<Signatures>;
  gitRemote(): Promise<GitRemote>;
  syncRefs(): Promise<SyncRefs>;
  /** Ends child processes. */
  close(): Promise<void>;
}
