/** Work on many things, several at a time. */

/** Runs `work` on every item, at most `width` at a time, in order of beginning. The first failure stops what has not begun, and is thrown. */
export async function forEach<T>(width: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    // One iterator for all lanes: each takes the next item.
    for (const item of waiting) {
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
      if (failed) return;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  const failure = lanes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/**
 * Yields what `work` makes of each item, in the order of the items, while up to `width` are under way. A failure is thrown at
 * its turn; nothing new begins then, and what is under way is waited for.
 */
export async function* mapAhead<T, R>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  const waiting = items[Symbol.iterator]();
  const begin = (): void => {
    const { done, value } = waiting.next();
    if (done === true) return;
    const result = work(value);
    // It is thrown at its turn.
    result.catch(() => undefined);
    begun.push(result);
  };
  for (let lane = 0; lane < width; lane += 1) begin();
  try {
    for (let next = begun.shift(); next !== undefined; next = begun.shift()) {
      yield await next;
      begin();
    }
  } finally {
    await Promise.allSettled(begun);
  }
}
