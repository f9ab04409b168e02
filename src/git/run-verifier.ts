/** Runs a program that verifies signatures: no shell, no terminal, a time limit. */
import { spawn } from 'node:child_process';
import { childEnvironment, type Environment } from './git-environment.ts';

/** How it ended; no exit code where it could not be started or had to be stopped. */
export interface VerifierEnd {
  readonly exitCode: number | undefined;
  readonly stdout: string;
}

const LIMIT_MS = 60_000;
const MAX_STDOUT = 1_048_576;

/** Runs it to its end. */
export function runVerifier(
  program: string,
  args: readonly string[],
  { environment, input }: { readonly environment: Environment; readonly input: Uint8Array },
): Promise<VerifierEnd> {
  return new Promise((done) => {
    const child = spawn(program, args, {
      env: childEnvironment(environment),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      timeout: LIMIT_MS,
    });
    let stdout = '';
    child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
      if (stdout.length < MAX_STDOUT) stdout += chunk;
    });
    // A child that ends early breaks the pipe; why it ended is in its exit code.
    child.stdin.on('error', () => undefined);
    child.on('error', () => done({ exitCode: undefined, stdout: '' }));
    child.on('close', (code) => done({ exitCode: code ?? undefined, stdout }));
    child.stdin.end(input);
  });
}
