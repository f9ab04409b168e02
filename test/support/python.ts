/** Python's standard library as an independent implementation. */
import { spawnSync } from 'node:child_process';

/** Runs a script in one python3 process and returns what it printed. Throws when it fails. */
export function runPython(script: string, input = ''): string {
  const { status, stdout, stderr, error } = spawnSync('python3', ['-I', '-X', 'utf8', '-c', script], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`python3 exited with ${status}: ${stderr}`);
  return stdout;
}
