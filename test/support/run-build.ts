/** Runs the project's build. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../src/build/build.mjs', import.meta.url));

/** Runs `src/build/build.mjs`; rejects with what it wrote to stderr when it fails. */
export async function runBuild(...args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [SCRIPT, ...args]);
}
