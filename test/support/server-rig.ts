/** A bare server with our hooks, and a client that pushes to it with plain git. Made once a file, copied for each test. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serverHookText } from '../../src/operations/server-hook-text.ts';
import { LAUNCHER } from './cli.ts';
import type { CliRegistry } from './cli-registry.ts';
import { repositoryAt, type TemporaryRepository, temporaryFolder } from './temporary-repository.ts';

/** How a push went. */
export interface PushEnd {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Of each ref that was pushed, what the server said: `ok`, or why not. */
  readonly refs: ReadonlyMap<string, string>;
}

/** A server and its client. */
export interface ServerRig {
  readonly server: TemporaryRepository;
  readonly client: TemporaryRepository;
  /** Pushes with plain git. */
  push(refspecs: readonly string[], ...options: readonly string[]): PushEnd;
  /** The same from another repository. */
  pushFrom(folder: TemporaryRepository, refspecs: readonly string[], ...options: readonly string[]): PushEnd;
  /** Every ref of the server with its target. */
  refs(): ReadonlyMap<string, string>;
}

/** Writes both hooks into a bare repository, as the installer does. */
export function writeServerHooks(server: TemporaryRepository): void {
  const program = { node: process.execPath, program: LAUNCHER };
  mkdirSync(join(server.gitDir, 'hooks'), { recursive: true });
  for (const name of ['pre-receive', 'update'] as const) {
    const path = join(server.gitDir, 'hooks', name);
    writeFileSync(path, serverHookText(name, program));
    chmodSync(path, 0o755);
  }
}

/** Copies a client and its server, which lies beside it as `server`, for one test. */
export function copyRig(registry: CliRegistry): ServerRig {
  const from = dirname(registry.repository.folder);
  const to = temporaryFolder();
  cpSync(from, to, { recursive: true });
  const environment = { ...registry.repository.environment, HOME: join(to, 'home'), XDG_CONFIG_HOME: join(to, 'home') };
  const client = repositoryAt(join(to, 'repository'), join(to, 'repository', '.git'), environment);
  return rigOf(client, repositoryAt(join(to, 'server'), join(to, 'server'), environment));
}

/** Makes the bare server beside a client. */
export function serverBeside(
  { repository }: CliRegistry,
  hooks: 'with hooks' | 'without hooks' = 'with hooks',
): ServerRig {
  const folder = join(dirname(repository.folder), 'server');
  repository.git(['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  const server = repositoryAt(folder, folder, repository.environment);
  for (const made of [repository, server]) keepStill(made);
  if (hooks === 'with hooks') writeServerHooks(server);
  return rigOf(repository, server);
}

/** Has git's upkeep end with the command that starts it: what is copied must not change under the copying. */
function keepStill({ git }: TemporaryRepository): void {
  for (const key of ['gc.autoDetach', 'maintenance.autoDetach']) git(['config', key, 'false']);
}

function rigOf(client: TemporaryRepository, server: TemporaryRepository): ServerRig {
  const pushFrom: ServerRig['pushFrom'] = (from, refspecs, ...options) => {
    const { exitCode, stdout, stderr } = from.tryGit(['push', '--porcelain', ...options, server.folder, ...refspecs]);
    return { exitCode, stderr, refs: statusOf(stdout) };
  };
  return {
    server,
    client,
    pushFrom,
    push: (refspecs, ...options) => pushFrom(client, refspecs, ...options),
    refs: () => refsOf(server),
  };
}

/** Lines are `FLAG<TAB>FROM:TO<TAB>SUMMARY (REASON)`. */
function statusOf(porcelain: string): ReadonlyMap<string, string> {
  const rows = porcelain.split('\n').filter((line) => line.split('\t').length === 3);
  return new Map(
    rows.map((row) => {
      const [flag, pair = '', summary = ''] = row.split('\t');
      return [pair.slice(pair.indexOf(':') + 1), flag === '!' ? summary : 'ok'];
    }),
  );
}

/** Returns every ref with its target. */
export function refsOf(repository: TemporaryRepository): ReadonlyMap<string, string> {
  const lines = repository.git(['for-each-ref', '--format=%(refname) %(objectname)']).split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
}

/** A ref update as the protocol spells it. */
export interface WireUpdate {
  readonly name: string;
  readonly old: string;
  readonly next: string;
}

/** Speaks the protocol itself, as no git would: any old values, and a pack of exactly `objects`. Returns what the server said. */
export function rawPush(rig: ServerRig, updates: readonly WireUpdate[], objects: readonly string[]): string {
  const capabilities = '\0report-status side-band-64k agent=hostile';
  const lines = updates.map(({ name, old, next }, index) =>
    packetLine(`${old} ${next} ${name}${index === 0 ? capabilities : ''}`),
  );
  const pack = spawnSync('git', ['pack-objects', '--stdout', '-q'], {
    cwd: rig.client.folder,
    env: rig.client.environment,
    input: objects.map((id) => `${id}\n`).join(''),
  }).stdout;
  const { stdout, stderr } = spawnSync('git', ['receive-pack', rig.server.folder], {
    env: rig.client.environment,
    input: Buffer.concat([Buffer.from(`${lines.join('')}0000`), pack]),
  });
  return `${stdout.toString('latin1')}${stderr.toString()}`;
}

function packetLine(text: string): string {
  return (text.length + 4).toString(16).padStart(4, '0') + text;
}
