/** Makes sure that a remote has the bytes of entries, checked there: what a push does before it moves any ref (format §7.1). */
import type { Sha256 } from '../domain/digest.ts';
import { type ErrorCode, RegistryError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
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

/** Faults of one object here: no remote has to do with them. */
const OF_AN_OBJECT: ReadonlySet<ErrorCode> = new Set(['weights-missing', 'corrupt-weights']);

/**
 * Sends what the remote lacks, or has in another size. Throws `no-weights-remote`, `bad-weights-remote`,
 * `weights-remote-refused`, `weights-remote-unreachable`, `weights-missing` for bytes that are neither here nor there,
 * `corrupt-weights` for bad ones here, which are not sent.
 */
export function sendWeights(workspace: Workspace, input: SendWeightsInput): Promise<SendWeightsResult> {
  return sendObjects(workspace, weightsObjects(input.manifests), input);
}

/**
 * As {@link sendWeights}, for entries that are published already: an object that is missing or bad here stops none of the
 * others, and is among `failed`. Objects in `known` are passed over.
 */
export async function resendWeights(
  workspace: Workspace,
  input: SendWeightsInput,
  known: ReadonlySet<Sha256>,
): Promise<SendWeightsResult & { readonly failed: readonly RegistryError[] }> {
  const failed: RegistryError[] = [];
  const objects = weightsObjects(input.manifests).filter(({ file }) => !known.has(file.sha256));
  const result = await sendObjects(workspace, objects, input, (error) => failed.push(error));
  return { ...result, failed };
}

/** `fail` hears of objects that are missing or bad here; without it the first one is thrown. */
async function sendObjects(
  workspace: Workspace,
  objects: readonly WeightsObject[],
  input: SendWeightsInput,
  fail?: (error: RegistryError) => void,
): Promise<SendWeightsResult> {
  if (objects.length === 0) return { remote: null, sent: [], present: 0 };
  const [remote] = await openRemotes(workspace, input.gitRemote);
  const jobs = input.jobs ?? remote.jobs ?? USUAL_JOBS;
  const absent = await absentObjects(workspace, remote, objects, jobs);
  const failed = new Set<WeightsObject>();
  await sendAll(workspace, { remote, jobs, dryRun: input.dryRun ?? false }, absent, (object, error) => {
    if (fail === undefined) throw error;
    failed.add(object);
    fail(error);
  });
  return {
    remote: remote.location,
    sent: absent.flatMap((object) =>
      failed.has(object) ? [] : [{ sha256: object.file.sha256, bytes: object.file.bytes }],
    ),
    present: objects.length - absent.length,
  };
}

async function absentObjects(
  workspace: Workspace,
  remote: WeightsRemote,
  objects: readonly WeightsObject[],
  jobs: number,
): Promise<readonly WeightsObject[]> {
  const absent = new Set<WeightsObject>();
  const task = workspace.progress.start(`looking for weights on ${remote.name}`, objects.length, 'items');
  try {
    await forEach(jobs, objects, async (object) => {
      if ((await remote.inspect(object.file)).kind !== 'present') absent.add(object);
      task.add(1);
    });
  } finally {
    task.end();
  }
  return objects.filter((object) => absent.has(object));
}

interface Sending {
  readonly remote: WeightsRemote;
  readonly jobs: number;
  readonly dryRun: boolean;
}

async function sendAll(
  workspace: Workspace,
  { remote, jobs, dryRun }: Sending,
  objects: readonly WeightsObject[],
  fail: (object: WeightsObject, error: RegistryError) => void,
): Promise<void> {
  if (objects.length === 0) return;
  const total = objects.reduce((sum, { file }) => sum + file.bytes, 0);
  const task = dryRun ? undefined : workspace.progress.start(`sending weights to ${remote.name}`, total, 'bytes');
  try {
    const parts = Math.ceil(jobs / objects.length);
    await forEach(jobs, objects, async (object) => {
      try {
        const path = await findGood(workspace, remote, object, !dryRun);
        await (task && remote.write(object.file, path, { moved: (bytes) => task.add(bytes), parts }));
      } catch (error) {
        if (!(error instanceof RegistryError) || !OF_AN_OBJECT.has(error.code)) throw error;
        fail(object, error);
      }
    });
  } finally {
    task?.end();
  }
}

/** Returns the path of an object's bytes here. `hash`: bad bytes under a good name would be everybody's, so all of them are read before any is sent. */
async function findGood(
  workspace: Workspace,
  remote: WeightsRemote,
  { file, subject }: WeightsObject,
  hash: boolean,
): Promise<string> {
  const weights = await workspace.weights();
  const state = await weights.inspect(file, { hash });
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
      hint: 'git registry pull --weights, or git registry push --weights from a clone that has it',
    });
  }
  return path;
}
