/** What git's own trace (`GIT_TRACE2_EVENT`) tells. */
import { readFileSync } from 'node:fs';

/** An event of a trace; which members there are depends on `event`. */
export type TraceEvent = Readonly<Record<string, unknown>>;

/** Returns the events of a trace, those of all processes that wrote to it. */
export function readTrace(path: string): readonly TraceEvent[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceEvent);
}

/** Returns how often git had the disk flush what it wrote: told as data, and as a counter since git 2.40 or so. */
export function countFlushes(events: readonly TraceEvent[]): number {
  const told = events.flatMap(({ event, category, key, value, name, count }) => {
    if (category !== 'fsync') return [];
    if (event === 'counter') return name === 'hardware-flush' ? [Number(count)] : [];
    return key === 'fsync/hardware-flush' ? [Number(value)] : [];
  });
  return told.reduce((sum, flushes) => sum + flushes, 0);
}
