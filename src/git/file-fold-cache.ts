/** The fold cache as files under the git common dir, one a model, replaced whole. Throw-away: every failure is silent. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { ModelName } from '../domain/model-name.ts';
import { decodeState, encodeState } from '../domain/state-text.ts';
import type { FoldCache, FoldedModel } from '../ports/fold-cache.ts';
import { foldPath } from './fold-path.ts';
import { openRegistryFolder } from './registry-folder.ts';

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
      const folded = decodeState(await readFile(foldPath(this.#commonDir, model)));
      if (folded === undefined || folded.state.model !== model) return undefined;
      this.#seen.set(model, folded);
      return folded;
    } catch {
      return undefined;
    }
  }

  async save(folded: FoldedModel): Promise<void> {
    this.#seen.set(folded.state.model, folded);
    const path = foldPath(this.#commonDir, folded.state.model);
    const temporary = `${path}.${process.pid}.${Date.now()}.tmp`;
    try {
      openRegistryFolder(this.#commonDir, 'fold');
      await writeFile(temporary, encodeState(folded.tip, folded.state));
      await rename(temporary, path);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
}
