/** Looks one thing up in the cached fold of a tip: what changed last, then the rest. As lean as `fold-file.ts`. */
import type { ObjectId } from '../domain/digest.ts';
import type { FoldHeader, VersionLine } from '../domain/fold-header.ts';
import type { ModelName } from '../domain/model-name.ts';
import { FoldFile } from './fold-file.ts';
import { foldChangesPath, foldPath } from './fold-path.ts';

/** An open fold of exactly the tip that was asked for. */
export class FoldLookup {
  /** That of the newest file. */
  readonly header: FoldHeader;
  /** The newest first. */
  readonly #files: readonly [FoldFile, ...FoldFile[]];

  private constructor(files: readonly [FoldFile, ...FoldFile[]]) {
    this.#files = files;
    this.header = files[0].header;
  }

  /** Opens the fold of a model, or returns undefined where none of that tip is kept. */
  static open(commonDir: string, model: ModelName, tip: ObjectId): FoldLookup | undefined {
    const whole = FoldFile.open(foldPath(commonDir, model));
    if (whole === undefined) return undefined;
    if (whole.header.tip === tip && whole.header.on === null) return new FoldLookup([whole]);
    const changes = FoldFile.open(foldChangesPath(commonDir, model));
    if (changes?.header.tip === tip && changes.header.on === whole.header.tip) return new FoldLookup([changes, whole]);
    changes?.close();
    whole.close();
    return undefined;
  }

  /** Returns what the fold says of a version. */
  findVersion(version: string): VersionLine | undefined {
    for (const file of this.#files) {
      const text = file.find('v', version);
      if (text !== undefined) return JSON.parse(text) as VersionLine;
    }
    return undefined;
  }

  close(): void {
    for (const file of this.#files) file.close();
  }
}
