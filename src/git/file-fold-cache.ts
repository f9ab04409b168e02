/**
 * The fold cache as files under the git common dir: all of a model's state, and what changed since, each replaced whole.
 * Throw-away: every failure is silent.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { ModelName } from '../domain/model-name.ts';
import { decodeState, encodeChanges, encodeState, storedLines } from '../domain/state-text.ts';
import type { FoldCache, FoldedModel } from '../ports/fold-cache.ts';
import { draftName } from './draft-name.ts';
import { FoldFile } from './fold-file.ts';
import { foldChangesPath, foldPath } from './fold-path.ts';
import { openRegistryFolder } from './registry-folder.ts';

/** So many events are told as changes before all is written again: more where all is more. */
function changesLimit(events: number): number {
  return 64 + Math.floor(events / 100);
}

/** Keeps folded states in files. */
export class FileFoldCache implements FoldCache {
  readonly #commonDir: string;
  readonly #seen: Map<ModelName, FoldedModel> = new Map();

  constructor(commonDir: string) {
    this.#commonDir = commonDir;
  }

  async find(model: ModelName): Promise<FoldedModel | undefined> {
    const seen = this.#seen.get(model);
    if (seen !== undefined) return seen;
    try {
      const folded = this.#read(model);
      if (folded?.state.model !== model) return undefined;
      this.#seen.set(model, folded);
      return folded;
    } catch {
      return undefined;
    }
  }

  async save(folded: FoldedModel): Promise<void> {
    const { model, events } = folded.state;
    const on = storedLines(folded.state)?.header;
    const isSmall = on !== undefined && events - on.state.events <= changesLimit(on.state.events);
    const changes = isSmall ? encodeChanges(folded) : undefined;
    if (changes !== undefined) {
      this.#seen.set(model, folded);
      await this.#write(foldChangesPath(this.#commonDir, model), changes);
      return;
    }
    // What is in memory holds all of the state; what is read again holds what is asked for.
    this.#seen.delete(model);
    if (await this.#write(foldPath(this.#commonDir, model), encodeState(folded))) return;
    this.#seen.set(model, folded);
  }

  #read(model: ModelName): FoldedModel | undefined {
    const whole = FoldFile.open(foldPath(this.#commonDir, model));
    if (whole === undefined || whole.header.on !== null) return undefined;
    const changes = FoldFile.open(foldChangesPath(this.#commonDir, model));
    return decodeState(whole, changes?.header.on === whole.header.tip ? changes : undefined);
  }

  async #write(path: string, text: string): Promise<boolean> {
    const temporary = draftName(path);
    try {
      openRegistryFolder(this.#commonDir, 'fold');
      await writeFile(temporary, text);
      await rename(temporary, path);
      return true;
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
      return false;
    }
  }
}
