/** The lineage of a judged entry, with what this repository knows of each ancestor. */
import { parseJson } from '../../domain/canonical-json.ts';
import { isObjectId, type ObjectId, type Sha256 } from '../../domain/digest.ts';
import { parseEntryMessage } from '../../domain/entry.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { readTrainManifest, type TrainManifest } from '../../domain/train-manifest.ts';
import type { JudgedAncestor, JudgedEntry } from '../../ports/gate.ts';
import { findModelsOf } from '../find-sha.ts';
import { manifestFrom } from '../read-entry.ts';
import type { Workspace } from '../workspace.ts';

/** Returns the entry itself, then every ancestor, children before parents. */
export async function readAncestors(workspace: Workspace, entry: JudgedEntry): Promise<readonly JudgedAncestor[]> {
  const found: JudgedAncestor[] = [];
  for await (const node of workspace.graph.ancestors(entry.commit)) {
    const named = parseEntryMessage(node.message);
    if (named === undefined) throw new RegistryError('corrupt-entry', `${node.commit}: not the commit of an entry`);
    found.push(await readAncestor(workspace, named.sha256, node.commit));
  }
  return found;
}

async function readAncestor(workspace: Workspace, sha256: Sha256, commit: ObjectId): Promise<JudgedAncestor> {
  const read = async (path: string): Promise<Uint8Array | undefined> =>
    (await workspace.objects.find(`${commit}:bundle/${path}`))?.body;
  const stored = await workspace.objects.find(`${commit}:manifest.json`);
  const manifest = stored === undefined ? undefined : manifestFrom({ sha256, commit }, stored.body);
  const train = await readTrain(manifest, read);
  const states = (await findModelsOf(workspace, sha256)).flatMap(({ state }) => state.entries.get(sha256) ?? []);
  return {
    sha256,
    manifest,
    train,
    isTombstoned: states.some(({ tombstone }) => tombstone !== undefined),
    isCodeHere: await isCommitHere(workspace, train?.codeGitSha),
    annotations: Object.assign({}, ...states.map(({ annotations }) => annotations)) as Readonly<Record<string, string>>,
    read,
  };
}

async function readTrain(
  manifest: Manifest | undefined,
  read: (path: string) => Promise<Uint8Array | undefined>,
): Promise<TrainManifest | undefined> {
  const isThere = manifest?.files.some(({ path, store }) => path === 'train_manifest.json' && store === 'git');
  const bytes = isThere ? await read('train_manifest.json') : undefined;
  return bytes === undefined ? undefined : readTrainManifest(parseJson(bytes, 'train_manifest.json'));
}

async function isCommitHere(workspace: Workspace, code: string | undefined): Promise<boolean | undefined> {
  if (code === undefined) return undefined;
  // An abbreviation names no commit for good, and an id of the other object format none here.
  if (!isObjectId(code) || code.length !== (workspace.objects.format === 'sha256' ? 64 : 40)) return false;
  return (await workspace.objects.findHeader(code))?.type === 'commit';
}
