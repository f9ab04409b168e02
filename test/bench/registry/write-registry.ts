/** Writes a generated registry: one pack, one packed-refs file, a commit-graph; as git's own maintenance leaves it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../../src/domain/digest.ts';
import { encodeCommit, type NewObject } from '../../../src/domain/git-object.ts';
import { objectIdOf } from '../../../src/git/object-id.ts';
import { encodePack } from '../../../src/git/pack-stream.ts';
import { refNameOf } from '../../../src/git/ref-names.ts';
import { childEnvironment } from '../child-environment.ts';
import { generateModel } from './model.ts';
import { middleModel, type RegistryShape } from './shape.ts';

const FORMAT = 'sha1';
/** zlib's fastest: a pack that is written once and read often is still a third smaller than without. */
const DEFLATE_LEVEL = 1;

/** Generates a registry in a folder that does not exist yet. Every call makes the same bytes. */
export function writeRegistry(shape: RegistryShape, folder: string): void {
  const objects = new Map<string, NewObject>();
  const take = (object: NewObject): void => {
    objects.set(object.id, object);
  };
  const hash = objectIdOf.bind(undefined, FORMAT);
  const code = makeCode(take);
  const refs = [`${code} refs/heads/main`];
  for (let index = 0; index < shape.models; index += 1) {
    const views = generateModel({ index, entries: shape.entriesPerModel, code, hash, take });
    for (const { key, target } of views) refs.push(`${target} ${refNameOf(key)}`);
  }
  mkdirSync(folder, { recursive: true });
  git(folder, ['init', '--quiet', '--initial-branch=main']);
  git(folder, ['index-pack', '--stdin'], Buffer.concat([...encodePack([...objects.values()], FORMAT, DEFLATE_LEVEL)]));
  writePackedRefs(folder, refs);
  git(folder, ['commit-graph', 'write', '--reachable']);
  const settings = { 'user.name': 'Bench', 'user.email': 'bench@example.org', 'registry.model': middleModel(shape) };
  for (const [name, value] of Object.entries(settings)) git(folder, ['config', name, value]);
}

/** The commit that stands for the training code. */
function makeCode(take: (object: NewObject) => void): ObjectId {
  const empty = new Uint8Array();
  const tree: NewObject = { type: 'tree', id: objectIdOf(FORMAT, 'tree', empty), body: empty };
  const who = 'Bench <bench@example.org> 1735689600 +0000';
  const body = encodeCommit({ tree: tree.id, parents: [], author: who, committer: who, message: 'training code\n' });
  const commit: NewObject = { type: 'commit', id: objectIdOf(FORMAT, 'commit', body), body };
  take(tree);
  take(commit);
  return commit.id;
}

/** Git sorts the names by byte; all of these are ASCII. */
function writePackedRefs(folder: string, refs: readonly string[]): void {
  const nameOf = (line: string): string => line.slice(line.indexOf(' ') + 1);
  const sorted = refs.map((line) => [nameOf(line), line] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = ['# pack-refs with: peeled fully-peeled sorted ', ...sorted.map(([, line]) => line), ''];
  writeFileSync(join(folder, '.git', 'packed-refs'), lines.join('\n'));
}

function git(folder: string, args: readonly string[], input?: Uint8Array): void {
  const { status, stderr } = spawnSync('git', args, {
    cwd: folder,
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    ...(input === undefined ? {} : { input }),
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')} exited with ${status}: ${stderr.toString()}`);
}
