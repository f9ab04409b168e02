/** The weights of one push: those of new entries before any ref moves (format §7.1), those of all live entries where asked. */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { ModelState } from '../domain/state.ts';
import { liveEntries } from './live-entries.ts';
import type { EntryAddress } from './read-entry.ts';
import { readManifests } from './read-manifests.ts';
import type { SendWeightsInput, SendWeightsResult } from './send-weights.ts';
import { foldAt } from './sync/fold-memo.ts';
import type { LogSource } from './sync/push-plan.ts';
import { weightsObjects } from './weights-objects.ts';
import type { Workspace } from './workspace.ts';

/** What a push did about weights. */
export interface PushedWeights extends SendWeightsResult {
  /** Whose weights were looked at: of entries that the git remote had not, or of all live ones of the models. */
  readonly entries: 'new' | 'all';
  /** Objects that are neither there nor good here: each is an issue, or stopped the push. */
  readonly lacking: number;
}

/** How a push treats weights. */
export interface PushWeightsOptions {
  /** The git remote's address: a plain folder keeps weights too. */
  readonly gitRemote: string;
  /** Look at none. */
  readonly none: boolean;
  readonly dryRun: boolean;
  /** Transfers at a time. */
  readonly jobs: number | undefined;
}

/** Sends, and remembers what it has looked at: a push that lost a race asks for nothing twice. */
export class PushWeights {
  readonly #workspace: Workspace;
  readonly #options: PushWeightsOptions;
  readonly #entries = new Set<ObjectId>();
  readonly #objects = new Set<Sha256>();
  #result: PushedWeights | null = null;

  constructor(workspace: Workspace, options: PushWeightsOptions) {
    this.#workspace = workspace;
    this.#options = options;
  }

  /** Null where nothing was looked at. */
  get result(): PushedWeights | null {
    return this.#result;
  }

  /** Files of new entries that were left where they are. */
  get left(): number {
    return this.#options.none ? this.#objects.size : 0;
  }

  /** An entry that others see is one that they can get: throws what `sendWeights` throws, before any ref moves. */
  async sendNew(entries: readonly EntryAddress[]): Promise<void> {
    const manifests = await this.#newManifests(entries);
    if (this.#options.none || (this.#result !== null && manifests.length === 0)) return this.#know(manifests);
    const { sendWeights } = await import('./send-weights.ts');
    const result = await sendWeights(this.#workspace, this.#inputOf(manifests));
    this.#know(manifests);
    this.#add({ ...result, entries: 'new', lacking: 0 });
  }

  /**
   * Makes the remote of weights whole for entries that are published: their bytes may have been left behind, lost there, or
   * be on another remote. Returns what could not be done: refs are not held up by it.
   */
  async sendAll(sources: readonly LogSource[]): Promise<readonly RegistryError[]> {
    if (this.#options.none) return [];
    try {
      return await this.#resend(sources);
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code === 'bug') throw error;
      return [error];
    }
  }

  async #resend(sources: readonly LogSource[]): Promise<readonly RegistryError[]> {
    const states: ModelState[] = [];
    for (const { model, tip } of sources) states.push((await foldAt(this.#workspace, model, tip)).state);
    const manifests = await this.#newManifests(liveEntries(states));
    const { resendWeights } = await import('./send-weights.ts');
    const { failed, ...result } = await resendWeights(this.#workspace, this.#inputOf(manifests), this.#objects);
    this.#add({ ...result, entries: 'all', lacking: failed.length });
    return failed;
  }

  #inputOf(manifests: readonly Manifest[]): SendWeightsInput {
    const { gitRemote, dryRun, jobs } = this.#options;
    return { manifests, gitRemote, dryRun, ...(jobs === undefined ? {} : { jobs }) };
  }

  #newManifests(entries: readonly EntryAddress[]): Promise<readonly Manifest[]> {
    const asked = entries.filter(({ commit }) => !this.#entries.has(commit));
    for (const { commit } of asked) this.#entries.add(commit);
    return readManifests(this.#workspace, asked);
  }

  #know(manifests: readonly Manifest[]): void {
    for (const { file } of weightsObjects(manifests)) this.#objects.add(file.sha256);
  }

  #add(more: PushedWeights): void {
    const { remote = null, sent = [], present = 0 } = this.#result ?? {};
    this.#result = {
      remote: more.remote ?? remote,
      entries: more.entries,
      sent: [...sent, ...more.sent],
      present: present + more.present,
      lacking: more.lacking,
    };
  }
}
