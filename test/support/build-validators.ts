/** Vitest's global setup for every suite: what the sources import but is made by the build. */
import { runBuild } from './run-build.ts';

/** Compiles the schemas' validators, where they changed. */
export function setup(): Promise<void> {
  return runBuild('--validators');
}
