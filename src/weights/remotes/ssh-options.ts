/** The options of DVC's ssh remote, as arguments of the system's ssh. */
import type { OpenContext } from '../open-context.ts';
import type { RemoteOptions } from '../remote-options.ts';
import type { FoundRemote } from '../remote-search.ts';
import { badRemote } from './remote-fault.ts';
import { SftpTransport } from './sftp-transport.ts';
import type { RemoteTransport } from './transport.ts';

/** Opens a host; undefined where an option is none of ours. Throws `bad-weights-remote`. */
export async function openSsh(
  found: FoundRemote,
  options: RemoteOptions,
  { env, signal }: OpenContext,
): Promise<RemoteTransport | undefined> {
  const url = parseHost(found);
  const user = options.text('user') ?? url.user;
  const port = options.whole('port') ?? url.port;
  const keyfile = options.path('keyfile');
  const timeout = options.whole('timeout');
  // How many files DVC opens at a time; one session does for all of ours.
  options.whole('max_sessions');
  const args = [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(keyfile === undefined ? [] : ['-i', keyfile]),
    ...(timeout === undefined ? [] : ['-o', `ConnectTimeout=${timeout}`]),
    ...(options.flag('allow_agent') === false ? ['-o', 'IdentityAgent=none'] : []),
    ...(options.flag('gss_auth') === true ? ['-o', 'GSSAPIAuthentication=yes'] : []),
  ];
  if (options.unknown().length > 0) return undefined;
  const location = `ssh://${url.host}${port === undefined ? '' : `:${port}`}${url.path}`;
  return new SftpTransport({ host: url.host, args, folder: url.path, location, env }, signal);
}

interface Host {
  readonly host: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly path: string;
}

/** A host or user that begins with a dash would be an option of ssh. */
function parseHost(found: FoundRemote): Host {
  const parts = /^(?:ssh|sftp):\/\/(?:([^@/:]+)@)?([^@/:]+|\[[0-9a-fA-F:]+\])(?::(\d+))?(\/.*)?$/i.exec(found.url);
  const [, user, host, port, path = '/'] = parts ?? [];
  if (host === undefined || host.startsWith('-') || user?.startsWith('-') === true) {
    throw badRemote(found.name, 'expected ssh://USER@HOST:PORT/PATH');
  }
  return { host: host.replace(/^\[|\]$/g, ''), user, port: port === undefined ? undefined : Number(port), path };
}
