/** What can be found out about a training run where it ran. */
import type { JsonValue } from '../domain/canonical-json.ts';
import type { Progress } from './progress.ts';

/** Looks at corpus, tokenizer and machine. */
export interface TrainingProbe {
  /**
   * Returns the corpus digest as DVC names it: from the `.dvc` pointer beside it (or given itself), else the MD5 of the
   * file, else `<MD5>.dir` of the folder as DVC computes it. Throws `not-a-file`.
   */
  corpusDigest(
    path: string,
    progress: Progress,
  ): Promise<{ readonly digest: string; readonly from: 'pointer' | 'file' | 'folder' }>;
  /** Returns the SHA-256 of the canonical form of `tokenizer.json` in a folder, if it has one. */
  tokenizerDigest(folder: string): Promise<string | undefined>;
  /** Returns Python version, packages, operating system, and GPU where found; members are left out where not. */
  environment(): Promise<JsonValue>;
  /** Writes a new file whole; with `force` replaces. Returns its path, or undefined where it exists. */
  writeFile(folder: string, name: string, text: string, force: boolean): Promise<string | undefined>;
}
