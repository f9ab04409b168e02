/** Brings the bytes of entries into the cache: resumed, proven while they are written, from the first remote that has good ones. */
import type { Sha256 } from '../domain/digest.ts';
import { EXIT_CODES, RegistryError, strongestExitCode } from '../domain/errors.ts';
import type { CacheFile, Manifest } from '../domain/manifest.ts';
import type { ProgressTask } from '../ports/progress.ts';
import type { WeightsCache } from '../ports/weights-cache.ts';
import type { WeightsRemote } from '../ports/weights-remote.ts';
import { forEach } from './for-each.ts';
import { type WeightsObject, weightsObjects } from './weights-objects.ts';
import { openRemotes, USUAL_JOBS } from './weights-remotes.ts';
import type { Workspace } from './workspace.ts';

/** What to fetch. */
export interface FetchWeightsInput {
  readonly manifests: readonly Manifest[];
  /** Only these bundle paths. */
  readonly paths?: ReadonlySet<string>;
  /** The git remote that is pulled from, by name, URL or path: a plain folder keeps weights too. */
  readonly gitRemote?: string;
  /** Transfers at a time. */
  readonly jobs?: number;
}

/** An object that no remote gave. */
export interface FetchFailure {
  readonly sha256: Sha256;
  /** Its path in an entry that has it. */
  readonly path: string;
  readonly kind: 'missing' | 'corrupt' | 'unreachable' | 'refused';
  readonly message: string;
}

/** What was fetched. */
export interface FetchWeightsResult {
  readonly fetched: readonly { readonly sha256: Sha256; readonly bytes: number; readonly remote: string }[];
  /** Objects that were in the cache. */
  readonly present: number;
  /** Where the bad bytes are that remotes gave. */
  readonly quarantined: readonly string[];
  readonly failed: readonly FetchFailure[];
}

interface Collected {
  readonly fetched: FetchWeightsResult['fetched'][number][];
  readonly quarantined: string[];
  readonly failed: FetchFailure[];
}

/**
 * Fetches what the cache lacks. A failure of one object stops none of the others. Throws `no-weights-remote`,
 * `bad-weights-remote` where something is lacking; `no-space`, `permission`, `io`, `md5-collision` of the cache.
 */
export async function fetchWeights(workspace: Workspace, input: FetchWeightsInput): Promise<FetchWeightsResult> {
  const objects = weightsObjects(input.manifests, input.paths);
  const lacking: WeightsObject[] = [];
  const weights = objects.length === 0 ? undefined : await workspace.weights();
  for (const object of objects) if ((await weights?.findPath(object.file)) === undefined) lacking.push(object);
  const collected: Collected = { fetched: [], quarantined: [], failed: [] };
  if (weights !== undefined && lacking.length > 0) {
    const remotes = await openRemotes(workspace, input.gitRemote);
    const total = lacking.reduce((sum, { file }) => sum + file.bytes, 0);
    const task = workspace.progress.start(`fetching weights from ${remotes[0].name}`, total, 'bytes');
    try {
      const jobs = input.jobs ?? remotes[0].jobs ?? USUAL_JOBS;
      const parts = Math.ceil(jobs / lacking.length);
      await forEach(jobs, lacking, (object) => fetchOne({ weights, remotes, parts, task, collected }, object));
    } finally {
      task.end();
    }
  }
  return { ...collected, present: objects.length - lacking.length };
}

/** Returns the exit code of what could not be fetched: 5 corrupt, 4 refused, 75 unreachable, 1 missing, 0 nothing. */
export function exitCodeOfFetch({ failed }: FetchWeightsResult): number {
  const codes = {
    corrupt: EXIT_CODES.corrupt,
    refused: EXIT_CODES.environment,
    unreachable: EXIT_CODES.retry,
    missing: EXIT_CODES.no,
  };
  return strongestExitCode(failed.map(({ kind }) => codes[kind]));
}

interface Fetching {
  readonly weights: WeightsCache;
  readonly remotes: readonly WeightsRemote[];
  readonly parts: number;
  readonly task: ProgressTask;
  readonly collected: Collected;
}

/** Tries one remote after the other. */
async function fetchOne(fetching: Fetching, { file, subject }: WeightsObject): Promise<void> {
  const { collected } = fetching;
  const said: { readonly kind: FetchFailure['kind']; readonly message: string }[] = [];
  for (const remote of fetching.remotes) {
    try {
      await receive(fetching, remote, file);
      collected.fetched.push({ sha256: file.sha256, bytes: file.bytes, remote: remote.location });
      return;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      const kind = kindOf(error);
      if (kind === undefined) throw error;
      const { quarantined } = error.data;
      if (typeof quarantined === 'string') collected.quarantined.push(quarantined);
      said.push({ kind, message: error.message });
    }
  }
  const order: readonly FetchFailure['kind'][] = ['corrupt', 'refused', 'unreachable', 'missing'];
  const worst = order.find((kind) => said.some((failure) => failure.kind === kind)) ?? 'missing';
  const message = `${subject}: ${said.map((failure) => failure.message).join('; ')}`;
  collected.failed.push({ sha256: file.sha256, path: file.path, kind: worst, message });
}

async function receive({ weights, parts, task }: Fetching, remote: WeightsRemote, file: CacheFile): Promise<void> {
  const open = async (offset: number): Promise<AsyncIterable<Uint8Array>> => {
    const bytes = await remote.read(file, offset, { parts });
    if (bytes !== undefined) return bytes;
    throw new RegistryError('weights-missing', `not on ${remote.name}`, { data: { remote: remote.location } });
  };
  await weights.receive({ ...file, open, moved: (bytes) => task.add(bytes) });
}

/** What a fault says of the remote; undefined for faults of this machine. */
function kindOf({ code }: RegistryError): FetchFailure['kind'] | undefined {
  switch (code) {
    case 'weights-missing':
      return 'missing';
    case 'corrupt-weights':
      return 'corrupt';
    case 'weights-remote-unreachable':
      return 'unreachable';
    case 'weights-remote-refused':
      return 'refused';
    default:
      return undefined;
  }
}
