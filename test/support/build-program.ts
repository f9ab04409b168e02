/** Vitest's global setup for the suites that start the program: they run what users run. */
import { runBuild } from './run-build.ts';

/** Builds `dist`, where anything changed. */
export function setup(): Promise<void> {
  return runBuild();
}
