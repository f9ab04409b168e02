/** Scripts of `scripts/`, bundled to plain JavaScript so that many processes of them can run at the same time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { endWithTest } from '../support/side-process.ts';

/** What a script printed, and how it ended. */
export interface ScriptEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bundles a script into `folder` and returns the path of the result. */
export function bundleScript(name: string, folder: string): string {
  const outfile = `${folder}/${name}.mjs`;
  const entry = fileURLToPath(new URL(`scripts/${name}.ts`, import.meta.url));
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}

/** Starts a bundled script, which no test leaves behind. */
export function startScript(path: string, args: readonly string[], environment: Record<string, string>): ChildProcess {
  return endWithTest(spawn(process.execPath, [path, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Waits for a script to end. */
export async function endOfScript(child: ChildProcess): Promise<ScriptEnd> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, stdout, stderr };
}
