/** The logs of a server as they will stand after a push: where views and parents are looked up. */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { RefKey } from '../domain/ref-key.ts';
import type { ModelState } from '../domain/state.ts';
import { findView } from '../domain/views.ts';
import { findModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** Where a view was found: the model whose log gives it. */
export interface FoundView {
  readonly model: ModelName;
  readonly target: ObjectId;
}

/** Folded logs: those of the push as it leaves them, the others as they are. Each is folded once. */
export class LogsAfterPush {
  readonly #workspace: Workspace;
  readonly #pushed: Map<ModelName, ModelState> = new Map();
  readonly #kept: Map<ModelName, Promise<ModelState | undefined>> = new Map();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Takes a pushed log that holds. */
  accept(state: ModelState): void {
    this.#pushed.set(state.model, state);
  }

  /** Takes one back: the log stays as it is. */
  drop(model: ModelName): void {
    this.#pushed.delete(model);
  }

  isPushed(model: ModelName): boolean {
    return this.#pushed.has(model);
  }

  /** Looks up a view of one model. Undefined too where its log does not hold. */
  async find(key: Exclude<RefKey, { readonly kind: 'entry' | 'log' }>): Promise<FoundView | undefined> {
    const state = this.#pushed.get(key.model) ?? (await this.#keptState(key.model));
    const target = state === undefined ? undefined : findView(state, key);
    return target === undefined ? undefined : { model: key.model, target };
  }

  /** Tells whether a model's log holds, or there is none. */
  async isReadable(model: ModelName): Promise<boolean> {
    if (this.isPushed(model) || (await this.#keptState(model)) !== undefined) return true;
    return (await this.#workspace.refs.find({ kind: 'log', model })) === undefined;
  }

  /** Looks for a log that has an entry registered, among those of the push and those loaded. */
  async findEntry(sha256: Sha256): Promise<FoundView | undefined> {
    const key: RefKey = { kind: 'entry', sha256 };
    // Logs that the push leaves alone come first: what they say does not depend on it.
    for (const kept of this.#kept.values()) {
      const state = await kept;
      const found = state === undefined || this.isPushed(state.model) ? undefined : foundIn(state, key);
      if (found !== undefined) return found;
    }
    for (const state of this.#pushed.values()) {
      const found = foundIn(state, key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Loads the logs that have the entries which no loaded one has; git finds them by the entries' commits, once for all. */
  async load(entries: readonly { readonly sha256: Sha256; readonly commit: ObjectId }[]): Promise<void> {
    const commits = new Set<ObjectId>();
    for (const { sha256, commit } of entries) {
      if (commits.has(commit) || (await this.findEntry(sha256)) !== undefined) continue;
      if ((await this.#workspace.objects.findHeader(commit))?.type === 'commit') commits.add(commit);
    }
    const models = commits.size === 0 ? [] : await this.#workspace.log.modelsContaining([...commits]);
    for (const model of models) await this.#keptState(model);
  }

  #keptState(model: ModelName): Promise<ModelState | undefined> {
    const known = this.#kept.get(model);
    if (known !== undefined) return known;
    const read = this.#read(model);
    this.#kept.set(model, read);
    return read;
  }

  async #read(model: ModelName): Promise<ModelState | undefined> {
    try {
      return (await findModel(this.#workspace, model))?.state;
    } catch (error) {
      if (error instanceof RegistryError && error.code.startsWith('corrupt-')) return undefined;
      throw error;
    }
  }
}

function foundIn(state: ModelState, key: RefKey): FoundView | undefined {
  const target = findView(state, key);
  return target === undefined ? undefined : { model: state.model, target };
}
