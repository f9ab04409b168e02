/** What training was given, as texts that can be compared. */
import type { ShowResult } from './show.ts';

/** Returns corpus, tokenizer, code, seed and run of an entry; null where nothing is said of them. */
export function trainingTexts({ training, runId }: ShowResult): ReadonlyMap<string, string | null> {
  return new Map([...Object.entries(training), ['run', runId]]);
}
