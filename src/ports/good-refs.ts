/**
 * Remembers at which refs the comparison with the logs found nothing (format §6.4): the refs tell what the logs are, so
 * the same refs need not be compared again. A cache: deleting it changes no answer.
 */

/** What is kept of the last comparison that found nothing. */
export interface GoodRefs {
  /** Returns a digest of all refs of the registry, names and targets; undefined where only git can read them. */
  digest(): string | undefined;
  /** Tells whether the refs of that digest are the ones that were compared. */
  isGood(digest: string): boolean;
  /** Keeps a digest for good. A failure to write is silent. */
  remember(digest: string): void;
}
