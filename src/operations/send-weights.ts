/** Makes sure that a remote has the bytes of entries, checked there: what a push does before it moves any ref (format §7.1). */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { ProgressTask } from '../ports/progress.ts';
import type { WeightsRemote } from '../ports/weights-remote.ts';
import { forEach } from './for-each.ts';
import { type WeightsObject, weightsObjects } from './weights-objects.ts';
import { openRemotes, USUAL_JOBS } from './weights-remotes.ts';
import type { Workspace } from './workspace.ts';

/** What to send. */
export interface SendWeightsInput {
  readonly manifests: readonly Manifest[];
  /** The git remote that is pushed to, by name, URL or path: a plain folder keeps weights too. */
  readonly gitRemote?: string;
  /** Transfers at a time. */
  readonly jobs?: number;
  /** Only say what would be sent. */
  readonly dryRun?: boolean;
}

/** What was sent. */
export interface SendWeightsResult {
  /** The remote's location; null where the entries have no weights. */
  readonly remote: string | null;
  readonly sent: readonly { readonly sha256: Sha256; readonly bytes: number }[];
  /** Objects that were there already. */
  readonly present: number;
}

/**
 * Sends what the remote lacks, or has in another size. Throws `no-weights-remote`, `bad-weights-remote`,
 * `weights-remote-refused`, `weights-remote-unreachable`, `weights-missing` for bytes that are neither here nor there,
 * `corrupt-weights` for bad ones here, which are not sent.
 */
export async function sendWeights(workspace: Workspace, input: SendWeightsInput): Promise<SendWeightsResult> {
  const objects = weightsObjects(input.manifests);
  if (objects.length === 0) return { remote: null, sent: [], present: 0 };
  const [remote] = await openRemotes(workspace, input.gitRemote);
  const jobs = input.jobs ?? remote.jobs ?? USUAL_JOBS;
  const absent = await absentObjects(remote, objects, jobs);
  if (input.dryRun !== true) await sendAll(workspace, remote, absent, jobs);
  return {
    remote: remote.location,
    sent: absent.map(({ file: { sha256, bytes } }) => ({ sha256, bytes })),
    present: objects.length - absent.length,
  };
}

async function absentObjects(
  remote: WeightsRemote,
  objects: readonly WeightsObject[],
  jobs: number,
): Promise<readonly WeightsObject[]> {
  const absent = new Set<WeightsObject>();
  await forEach(jobs, objects, async (object) => {
    if ((await remote.inspect(object.file)).kind !== 'present') absent.add(object);
  });
  return objects.filter((object) => absent.has(object));
}

async function sendAll(
  workspace: Workspace,
  remote: WeightsRemote,
  objects: readonly WeightsObject[],
  jobs: number,
): Promise<void> {
  if (objects.length === 0) return;
  const total = objects.reduce((sum, { file }) => sum + file.bytes, 0);
  const task = workspace.progress.start(`sending weights to ${remote.name}`, total, 'bytes');
  try {
    const parts = Math.ceil(jobs / objects.length);
    await forEach(jobs, objects, (object) => send(workspace, { remote, parts, task }, object));
  } finally {
    task.end();
  }
}

async function send(
  workspace: Workspace,
  { remote, parts, task }: { readonly remote: WeightsRemote; readonly parts: number; readonly task: ProgressTask },
  { file, subject }: WeightsObject,
): Promise<void> {
  const weights = await workspace.weights();
  // Bad bytes under a good name would be everybody's: all of them are read before any is sent.
  const state = await weights.inspect(file, { hash: true });
  const path = await weights.findPath(file);
  if (state.kind === 'corrupt') {
    throw new RegistryError('corrupt-weights', `${subject}: the cache has other bytes under its name`, {
      data: { sha256: file.sha256, path: state.path },
      hint: 'git registry repair --weights',
    });
  }
  if (path === undefined) {
    throw new RegistryError('weights-missing', `${subject}: its bytes are neither here nor on ${remote.name}`, {
      data: { sha256: file.sha256, path: file.path, remote: remote.location },
      hint: 'git registry pull --weights, or push from the clone that has it',
    });
  }
  await remote.write(file, path, { moved: (bytes) => task.add(bytes), parts });
}
