/** An advisory lock among processes of one clone. It spares retries; compare-and-swap stays the truth (architecture §3). */
export interface Lock {
  /** Runs `work` while holding the lock `name`. Waits up to some seconds for a live holder, then throws `locked`. */
  hold<T>(name: string, work: () => Promise<T>): Promise<T>;
}
