/** Servers as child processes that end with their test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createConnection, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { endWithTest } from '../side-process.ts';

/** Starts a program that ends with the running test. */
export function startServer(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const child = endWithTest(spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  // Read, or a server that tells much would wait for room in the pipe.
  for (const stream of [child.stdout, child.stderr]) stream.resume();
  return child;
}

/**
 * Returns a port for a server that is to be told one. For a minute nobody else is given it: a connection to it was ended by
 * this side, and while such a one is remembered a port is left to those who ask for it by its number.
 */
export function reservePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer((accepted) => {
      accepted.resume().end();
      probe.close();
    }).once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const client = createConnection(port, '127.0.0.1').once('error', reject);
      client.resume();
      probe.once('close', () => (client.closed ? resolve(port) : client.once('close', () => resolve(port))));
    });
  });
}

/** Waits until something listens on a port. Throws when the child has ended. */
export async function waitForPort(port: number, child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-1000);
  });
  child.once('error', (error) => {
    said = String(error);
  });
  while (!(await isOpen(port))) {
    const end = child.exitCode ?? child.signalCode;
    if (end !== null) throw new Error(`${child.spawnfile} ended with ${end}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** Starts the web server for files and returns its URL. */
export async function startFileServer(folder: string, ...flags: readonly string[]): Promise<string> {
  const script = fileURLToPath(new URL('file-server.mjs', import.meta.url));
  const child = startServer(process.execPath, [script, folder, ...flags]);
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('close', () => reject(new Error('the file server ended')));
  });
  return `${flags.some((flag) => flag.startsWith('tls=')) ? 'https' : 'http'}://127.0.0.1:${port}`;
}
