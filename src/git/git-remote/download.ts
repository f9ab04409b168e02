/** Downloads logs into quarantine, and moves what was accepted into the repository (format §7.2). */
import type { ObjectId } from '../../domain/digest.ts';
import type { DownloadRequest, Quarantine, RemoteTarget } from '../../ports/git-remote.ts';
import { DURABLE_FLAGS } from '../git-environment.ts';
import { openGitPorts } from '../git-ports.ts';
import { feed, type GitRunner } from '../git-runner.ts';
import { fetchLogs } from './fetch-logs.ts';
import { healShallow } from './heal-shallow.ts';
import type { RealRepository } from './incoming-folder.ts';
import type { QuarantineFolder } from './quarantine-folder.ts';

/** Up to so many objects become files of their own; more stay one pack. */
const LOOSE_LIMIT = 100;

/** Downloads. A log that breaks the whole download, or alone is more than the caps allow, is found and left out; the others come. */
export async function download(
  real: RealRepository,
  target: RemoteTarget,
  request: DownloadRequest,
): Promise<Quarantine> {
  const { folder, tips, failed } = await fetchLogs(real, target, request);
  const ports = openGitPorts(folder.repository, real.environment);
  const close = async (): Promise<void> => {
    await ports.close();
    folder.remove();
  };
  const keep: Quarantine['keep'] = async (kept, known, isAll) => {
    if (!isAll) folder.forget();
    await keepReachable(folder, real.git, kept, request.afresh ? [] : known);
    if (request.afresh) await healShallow(real.repository.commonDir, folder.git, kept);
  };
  return { objects: ports.objects, log: ports.log, tips, failed, keep, close };
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
