/** Downloads logs into quarantine, and moves what was accepted into the repository (format §7.2). */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { DownloadRequest, FailedLog, Quarantine, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefKey } from '../../ports/ref-store.ts';
import { DURABLE_FLAGS } from '../git-environment.ts';
import { openGitPorts } from '../git-ports.ts';
import { feed, type GitEnd, type GitRunner } from '../git-runner.ts';
import { incomingNameOf, refNameOf } from '../ref-names.ts';
import { RefReader } from '../ref-reader.ts';
import { healShallow } from './heal-shallow.ts';
import type { RealRepository } from './incoming-folder.ts';
import { listPackedObjects } from './pack-index.ts';
import { makeQuarantine, type QuarantineFolder } from './quarantine-folder.ts';
import { remoteFault } from './remote-fault.ts';

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
/** Up to so many objects become files of their own; more stay one pack. */
const LOOSE_LIMIT = 100;

/** The logs that are asked for. */
type Wanted = DownloadRequest['logs'];

/** Downloads. A log that breaks the whole download is found and left out; the others come. */
export async function download(
  real: RealRepository,
  target: RemoteTarget,
  request: DownloadRequest,
): Promise<Quarantine> {
  const folder = await makeQuarantine(real, request);
  const ports = openGitPorts(folder.repository, real.environment);
  const close = async (): Promise<void> => {
    await ports.close();
    folder.remove();
  };
  try {
    const failed = await fetchAll(folder, target, request, request.logs);
    await refuseLargeObjects(folder, target, request.caps);
    const tips = await readTips(folder, request.logs);
    const keep = async (kept: readonly ObjectId[], known: readonly ObjectId[]): Promise<void> => {
      await keepReachable(folder, real.git, kept, request.afresh ? [] : known);
      if (request.afresh) await healShallow(real.repository.commonDir, folder.git, kept);
    };
    return { objects: ports.objects, log: ports.log, tips, failed, keep, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One fetch; where git fails on something else than the line, halves of it, so that one bad log stops no other. */
async function fetchAll(
  folder: QuarantineFolder,
  target: RemoteTarget,
  request: DownloadRequest,
  logs: Wanted,
): Promise<readonly FailedLog[]> {
  if (logs.length === 0) return [];
  const end = await fetchOnce(folder, target, request, logs);
  if (end.exitCode === 0) return [];
  const fault = remoteFault(target.label, end);
  const isLine =
    fault.code === 'permission' || fault.code === 'no-space' || /resolve host|refused|timed out/i.test(end.stderr);
  if (isLine) throw fault;
  const [only] = logs;
  if (logs.length === 1 && only !== undefined) return [{ model: only.model, fault }];
  const middle = Math.ceil(logs.length / 2);
  return [
    ...(await fetchAll(folder, target, request, logs.slice(0, middle))),
    ...(await fetchAll(folder, target, request, logs.slice(middle))),
  ];
}

function fetchOnce(
  folder: QuarantineFolder,
  target: RemoteTarget,
  { caps }: DownloadRequest,
  logs: Wanted,
): Promise<GitEnd> {
  return fetchRefs(
    folder,
    target,
    caps,
    logs.map(({ model }) => ({ kind: 'log', model })),
  );
}

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

async function readTips(folder: QuarantineFolder, logs: Wanted): Promise<ReadonlyMap<ModelName, ObjectId>> {
  const reader = new RefReader(folder.repository, folder.git);
  const tips = new Map<ModelName, ObjectId>();
  for (const { model } of logs) {
    const tip = await reader.find(incomingNameOf(folder.id, { kind: 'log', model }));
    if (tip !== undefined) tips.set(model, tip);
  }
  return tips;
}

/** A few packed bytes can unfold to what no disk or memory holds: sizes are asked before anything is read. */
export async function refuseLargeObjects(
  folder: QuarantineFolder,
  target: RemoteTarget,
  caps: RemoteCaps,
): Promise<void> {
  const ids = listPackedObjects(folder.repository);
  if (ids.length === 0) return;
  const sizes = await folder.git.read(['cat-file', '--batch-check=%(objectsize)', '--buffer'], {
    input: ids.map((id) => `${id}\n`).join(''),
  });
  const total = sizes
    .toString('latin1')
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
  if (total > caps.bytes) throw tooManyBytes(target, caps.bytes);
}

function tooManyBytes({ label }: RemoteTarget, bytes: number): RegistryError {
  return new RegistryError('remote-too-large', `remote ${label}: expected at most ${bytes} bytes to download`, {
    data: { remote: label, bytes },
    hint: 'git config registry.maxFetchBytes BYTES',
  });
}

/** Packs what the tips reach beyond what is known, and hands it to the real repository's store. */
export async function keepReachable(
  folder: QuarantineFolder,
  real: GitRunner,
  tips: readonly ObjectId[],
  known: readonly ObjectId[],
): Promise<void> {
  if (tips.length === 0) return;
  const packing = folder.git.start(['pack-objects', '--revs', '--stdout', '--delta-base-offset', '-q']);
  const wanted = [...tips, ...known.map((id) => `^${id}`)].map((line) => `${line}\n`).join('');
  const feeding = feed(packing.process, wanted);
  const pack = packing.process.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const head = await readHead(pack);
  const store = countOf(head) > LOOSE_LIMIT ? ['index-pack', '--stdin'] : ['unpack-objects', '-q'];
  await real.read([...DURABLE_FLAGS, ...store], { input: joined(head, pack) });
  await feeding;
  const end = await packing.ended;
  if (end.exitCode !== 0) throw await folder.git.fault(['pack-objects'], end, 'corrupt-object');
}

async function readHead(pack: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < 12) {
    const next = await pack.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

function countOf(head: Buffer): number {
  return head.length < 12 ? 0 : head.readUInt32BE(8);
}

async function* joined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
