/** Time and randomness, so that neither is read anywhere else. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number;
  /** Returns a new UUIDv7 for that instant (RFC 9562). */
  newId(at: number): string;
  /** Waits before the next attempt (0, 1, ...) after a lost race: longer each time, with jitter, so that rivals spread. */
  backOff(attempt: number): Promise<void>;
  /** Waits a random part of so many milliseconds. */
  spread(most: number): Promise<void>;
}
