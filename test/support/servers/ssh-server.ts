/** The real sshd on loopback, with keys of its own and a client configuration that knows it: for git, and for weights by SFTP. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-repository.ts';
import { reservePort, startServer, waitForPort } from './child-server.ts';

const PROGRAMS = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd'];

/** A running server. */
export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** The private key that it lets in. */
  readonly key: string;
  /** Calls ssh with a configuration that trusts the server's key, takes nothing from the user, and has no key. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same with the key, as git needs it. */
  readonly gitEnvironment: Readonly<Record<string, string>>;
  /** Returns the URL of a repository by its absolute path. */
  url(path: string): string;
}

/** Tells whether there is no sshd here. Never under CI, where a test without one fails. */
export function lacksSshd(): boolean {
  return process.env['CI'] !== 'true' && findProgram() === undefined;
}

function findProgram(): string | undefined {
  return PROGRAMS.find((path) => existsSync(path));
}

/** Starts one; it ends with the running test. */
export async function startSshd(): Promise<SshServer> {
  const program = findProgram();
  if (program === undefined) throw new Error(`expected sshd in one of ${PROGRAMS.join(', ')}`);
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const [hostKey, key] = [join(folder, 'host'), join(folder, 'user')];
  for (const path of [hostKey, key]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  // Where sshd parts with its rights, as Debian's service file makes it.
  const { uid, username: user } = userInfo();
  if (uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const port = await reservePort();
  const config = join(folder, 'sshd_config');
  writeFileSync(
    config,
    [
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${key}.pub`,
      `PidFile ${join(folder, 'pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'AcceptEnv GIT_PROTOCOL',
      'Subsystem sftp internal-sftp',
      'MaxStartups 100',
      '',
    ].join('\n'),
  );
  await waitForPort(port, startServer(program, ['-D', '-e', '-f', config]));
  const known = join(folder, 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
  // The name under which the key is known, whatever port a test goes through.
  const words = `-F /dev/null -o UserKnownHostsFile=${known} -o HostKeyAlias=[127.0.0.1]:${port} -o IdentitiesOnly=yes`;
  return {
    port,
    user,
    key,
    environment: { GIT_SSH_COMMAND: `ssh ${words}` },
    gitEnvironment: { GIT_SSH_COMMAND: `ssh ${words} -i ${key}` },
    url: (path) => `ssh://${user}@127.0.0.1:${port}${path}`,
  };
}
