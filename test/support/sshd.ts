/** Git over ssh as it is in the world: the real `sshd` on loopback, for one test, with keys of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const KEYGEN = 'ssh-keygen';
const PROGRAMS = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd'];

/** A server under test. */
export interface Sshd {
  /** Returns the URL of a repository by its absolute path. */
  url(path: string): string;
  /** What a client needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Tells whether the tests over ssh are skipped here. Never under CI, where they then fail. */
export function lacksSshd(): boolean {
  return process.env['CI'] !== 'true' && findProgram() === undefined;
}

function findProgram(): string | undefined {
  return PROGRAMS.find((path) => existsSync(path));
}

/** Starts it; it ends with the running test. */
export async function startSshd(folder: string): Promise<Sshd> {
  const program = findProgram();
  if (program === undefined) throw new Error(`expected sshd in one of ${PROGRAMS.join(', ')}`);
  mkdirSync(folder);
  const key = (name: string): string => {
    const path = join(folder, name);
    spawnSync(KEYGEN, ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
    return path;
  };
  const [host, client] = [key('host'), key('client')];
  const config = join(folder, 'sshd_config');
  writeFileSync(
    config,
    [
      `HostKey ${host}`,
      `AuthorizedKeysFile ${client}.pub`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'AcceptEnv GIT_PROTOCOL',
      '',
    ].join('\n'),
  );
  chmodSync(folder, 0o700);
  // Started as root, sshd wants this folder of its package's start script.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const port = await servePerConnection(program, ['-i', '-f', config]);
  const known = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
  return {
    url: (path) => `ssh://${userInfo().username}@127.0.0.1:${port}${path}`,
    environment: { GIT_SSH_COMMAND: `ssh -F none -i ${client} -o IdentitiesOnly=yes ${known.join(' ')}` },
  };
}

/** Listens itself, as inetd does, so that the port is never free for others; each connection gets a process. Returns the port. */
async function servePerConnection(program: string, args: readonly string[]): Promise<number> {
  const ends: Promise<unknown>[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const child = spawn(program, args, { stdio: [socket, socket, 'ignore'] });
    ends.push(new Promise((resolve) => child.once('close', resolve).once('error', resolve)));
    // The process has it now.
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.close();
    await Promise.all(ends);
  });
  return (server.address() as AddressInfo).port;
}
