/** Makes the commits that GTO tags point to, and knows them again on a remote. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { decodeCommit, decodeTree, type NewObject, type TreeEntry } from '../../domain/git-object.ts';
import { carrierMessage, planCarrier } from '../../domain/gto-carrier.ts';
import type { GtoTag } from '../../domain/gto-tag.ts';
import { readManifest } from '../read-entry.ts';
import type { Workspace } from '../workspace.ts';

/** A version's tag, and the commit of the entry that it names. */
export interface TaggedEntry {
  readonly tag: GtoTag;
  readonly entry: ObjectId;
}

/** Makes carriers; all of one run have the same code. */
export class CarrierMaker {
  readonly #workspace: Workspace;
  #code: Promise<readonly TreeEntry[]> | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Returns the objects of a carrier that is not written yet, the commit last. */
  async make({ tag, entry }: TaggedEntry): Promise<readonly NewObject[]> {
    this.#code ??= readCode(this.#workspace);
    const manifest = await readManifest(this.#workspace, { sha256: tag.sha256, commit: entry });
    const files = await readTop(this.#workspace, entry);
    return planCarrier({ tag, manifest, entry, files, code: await this.#code }, this.#workspace.hash);
  }
}

/** Tells whether a commit carries a version of an entry, whoever made it. False too where it cannot be read. */
export async function isCarrierOf(
  workspace: Workspace,
  commit: ObjectId,
  { tag, entry }: TaggedEntry,
): Promise<boolean> {
  const found = await workspace.objects.find(commit);
  if (found?.type !== 'commit') return false;
  try {
    const { parents, message } = decodeCommit(found.body);
    return parents.length === 1 && parents[0] === entry && message === carrierMessage(tag);
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'corrupt-object') return false;
    throw error;
  }
}

/** The code is HEAD's, as for GTO itself; there may be none, and it may have names that no carrier takes. */
async function readCode(workspace: Workspace): Promise<readonly TreeEntry[]> {
  const head = await workspace.repository.head();
  if (head === undefined) return [];
  try {
    return await readTop(workspace, head.commit as ObjectId);
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'corrupt-object') return [];
    throw error;
  }
}

async function readTop({ objects }: Workspace, id: ObjectId): Promise<readonly TreeEntry[]> {
  const commit = await objects.find(id);
  const tree = commit === undefined ? undefined : await objects.find(decodeCommit(commit.body).tree);
  if (tree !== undefined) return decodeTree(tree.body, objects.format);
  throw new RegistryError('corrupt-object', `${id}: expected a commit with its tree, got none`, {
    data: { id },
    hint: 'git registry verify --all',
  });
}
