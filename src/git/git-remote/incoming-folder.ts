/**
 * A temporary folder for one conversation with a remote, below `registry/` in the git common dir. A killed process leaves
 * it, the next listing of a remote sweeps it away.
 */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../domain/digest.ts';
import type { HeldCommits } from '../../ports/git-remote.ts';
import { fileFault } from '../file-fault.ts';
import type { Environment } from '../git-environment.ts';
import { GitRunner } from '../git-runner.ts';
import { openRegistryFolder } from '../registry-folder.ts';
import type { Repository } from '../repository.ts';
import type { ConfiguredRepository } from './folder-config.ts';
import { markOwn, QUARANTINES } from './sweep-quarantines.ts';

/** The repository that a conversation with a remote is for. */
export interface RealRepository extends ConfiguredRepository {
  readonly repository: Repository;
  readonly environment: Environment;
}

/** The folder on disk. */
export interface IncomingFolder {
  /** Names what is in it apart from that of others. */
  readonly id: string;
  readonly path: string;
  remove(): void;
}

/** Makes it, marked as this process's, and fills it. Throws `permission`, `no-space`, `io`; nothing is left then. */
export async function makeIncomingFolder(
  repository: Repository,
  fill: (folder: string, id: string) => Promise<void>,
): Promise<IncomingFolder> {
  const id = randomBytes(8).toString('hex');
  const path = join(openRegistryFolder(repository.commonDir, QUARANTINES), id);
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  // `process.exit` after a signal comes past here too.
  process.on('exit', remove);
  try {
    mkdirSync(path);
    markOwn(path, id);
    await fill(path, id);
  } catch (cause) {
    remove();
    throw fileFault(path, cause);
  }
  return { id, path, remove };
}

/** A ref of a temporary folder. */
export interface PackedRef {
  readonly id: ObjectId;
  readonly name: string;
}

/** Writes all refs of a folder that has none yet. */
export function writePackedRefs(folder: string, refs: readonly PackedRef[]): void {
  // Git compares names as bytes, and sorts where the header does not say that they are sorted.
  const lines = refs.map(({ id, name }) => `${id} ${name}\n`);
  writeFileSync(join(folder, 'packed-refs'), lines.join(''));
}

/**
 * Returns the git that runs in a folder, whose objects `variables` tell. Relative URLs are relative to where git would stand
 * in the repository.
 */
export function folderRunner(
  repository: Repository,
  environment: Environment,
  folder: string,
  variables: Environment,
): GitRunner {
  const own = { GIT_DIR: folder, GIT_COMMON_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  const standing = repository.workTree ?? repository.gitDir;
  return new GitRunner(standing, environment, { ...own, ...variables }, graftsOf(folder));
}

/** Where a folder's git looks for grafts; most have none. */
function graftsOf(folder: string): string {
  return join(folder, 'grafts');
}

/**
 * Has git look for nothing behind commits that both sides have. Before 2.55 it keeps what it walks in a list sorted by date,
 * and an entry is older by its date than every event (format §4.4): for one new event it goes through all entries behind all
 * logs, each searched for its place, which takes a minute with 100,000. Here tips have no parents but the commits that are
 * said to be reachable from them, and those none. What is new must come from these and from what is new, or all behind it
 * counts as new. With grafts git leaves the commit-graph unread, so that a small registry in a large history would only lose.
 * A git that knows no grafts any more has no need of them.
 */
export async function writeGrafts(
  { config, repository }: RealRepository,
  folder: string,
  held: HeldCommits,
): Promise<void> {
  if (held.size === 0 || repository.shallow || hasFewRefs(repository)) return;
  // What git counts as new for want of a word here it would fetch where blobs are lacking.
  if ((await config.find('extensions.partialclone')) !== undefined) return;
  if ((await config.subsections('remote', 'promisor')).length > 0) return;
  const parents = new Map<ObjectId, Iterable<ObjectId>>();
  for (const reached of held.values()) for (const commit of reached) parents.set(commit, []);
  for (const [tip, reached] of held) parents.set(tip, reached);
  const lines = [...parents].map(([commit, kept]) => `${[commit, ...kept].join(' ')}\n`);
  writeFileSync(graftsOf(folder), lines.join(''));
}

/** Some 5,000 entries with their views, as git packs them. */
const MANY_REFS = 1_000_000;

function hasFewRefs({ commonDir, refFormat }: Repository): boolean {
  if (refFormat !== 'files') return false;
  return (statSync(join(commonDir, 'packed-refs'), { throwIfNoEntry: false })?.size ?? 0) < MANY_REFS;
}

/** Has git look behind everything again; false where it did. */
export function removeGrafts(folder: string): boolean {
  if (!existsSync(graftsOf(folder))) return false;
  rmSync(graftsOf(folder));
  return true;
}

/** What the real repository lacks the folder lacks too, and a remote must not take it for whole. */
export function copyShallow({ commonDir }: Repository, folder: string): void {
  const path = join(commonDir, 'shallow');
  if (existsSync(path)) copyFileSync(path, join(folder, 'shallow'));
}
