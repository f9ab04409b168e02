/** Progress of long work. Terminal output is made of it elsewhere; without a listener nothing happens. */
export interface Progress {
  /** Starts a piece of work, e.g. ('hashing model.safetensors', 2147483648). `total` in bytes or items. */
  start(label: string, total: number | undefined, unit: 'bytes' | 'items'): ProgressTask;
}

/** A piece of work under way. */
export interface ProgressTask {
  /** Adds bytes or items done. */
  add(amount: number): void;
  end(): void;
}

/** Shows nothing. */
export const SILENT: Progress = { start: () => ({ add: () => undefined, end: () => undefined }) };
