/** Fetches into quarantine, never more than the caps allow; each caller judges how git ended (format §7.2). */
import { RegistryError } from '../../domain/errors.ts';
import type { RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefKey } from '../../ports/ref-store.ts';
import { feed, type GitEnd } from '../git-runner.ts';
import { incomingNameOf, refNameOf } from '../ref-names.ts';
import { listPackedObjects } from './pack-index.ts';
import type { QuarantineFolder } from './quarantine-folder.ts';

/** Never shallow unless a caller says so, never filtered, no tags, no FETCH_HEAD; what the user's remote says of refspecs and pruning is off. */
const FETCH = [
  ...['-c', 'protocol.version=2', '-c', 'core.alternateRefsCommand=true', '-c', 'fetch.unpackLimit=1'],
  ...[
    '-c',
    'fetch.writeCommitGraph=false',
    '-c',
    'fetch.parallel=1',
    '-c',
    'gc.auto=0',
    '-c',
    'maintenance.auto=false',
  ],
  ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-filter', '--no-prune', '--no-prune-tags'],
  ...['--no-auto-maintenance', '--recurse-submodules=no', '--refmap=', '--stdin'],
];
/** How often the size of what came is looked at, in milliseconds. */
const WATCH = 100;

/** Fetches refs into the quarantine's own. Throws `remote-too-large`; how git ended otherwise is the caller's to judge. */
export function fetchRefs(
  folder: QuarantineFolder,
  target: RemoteTarget,
  caps: RemoteCaps,
  keys: readonly RefKey[],
  flags: readonly string[] = [],
): Promise<GitEnd> {
  const lines = keys.map((key) => `+${refNameOf(key)}:${incomingNameOf(folder.id, key)}\n`);
  return fetchInto(folder, target, caps, lines, flags);
}

/** Fetches refspecs, a line each, as {@link fetchRefs} does. */
export async function fetchInto(
  folder: QuarantineFolder,
  target: RemoteTarget,
  caps: RemoteCaps,
  lines: readonly string[],
  flags: readonly string[] = [],
): Promise<GitEnd> {
  const { process, ended } = folder.git.start([...FETCH, ...flags, '--', target.address]);
  let tooLarge = false;
  const watch = setInterval(() => {
    tooLarge ||= folder.size() > caps.bytes;
    if (tooLarge) process.kill();
  }, WATCH);
  try {
    process.stdout.resume();
    await feed(process, lines.join(''));
    const end = await ended;
    if (tooLarge || folder.size() > caps.bytes) throw tooManyBytes(target, caps.bytes);
    return end;
  } finally {
    clearInterval(watch);
  }
}

/**
 * A few packed bytes can unfold to what no disk or memory holds: sizes are asked before anything is read. Returns the bytes
 * of all objects together. Throws `remote-too-large`.
 */
export async function refuseLargeObjects(
  folder: QuarantineFolder,
  target: RemoteTarget,
  caps: RemoteCaps,
): Promise<number> {
  const ids = listPackedObjects(folder.repository);
  if (ids.length === 0) return 0;
  const sizes = await folder.git.read(['cat-file', '--batch-check=%(objectsize)', '--buffer'], {
    input: ids.map((id) => `${id}\n`).join(''),
  });
  const total = sizes
    .toString('latin1')
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
  if (total > caps.bytes) throw tooManyBytes(target, caps.bytes);
  return total;
}

function tooManyBytes({ label }: RemoteTarget, bytes: number): RegistryError {
  return new RegistryError('remote-too-large', `remote ${label}: expected at most ${bytes} bytes to download`, {
    data: { remote: label, bytes },
    hint: 'git config registry.maxFetchBytes BYTES',
  });
}
