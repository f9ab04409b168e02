/** Parents and inputs of a new entry: what the train manifest states, what flags give, and that each is registered (format §3.7). */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { depthOfEntryCommit } from '../domain/entry.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Profile } from '../domain/manifest.ts';
import { isShaPrefix } from '../domain/selector.ts';
import type { TrainManifest } from '../domain/train-manifest.ts';
import { findModelsOf } from './find-sha.ts';
import type { ReliedRef } from './plan-ref-updates.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** The relations of an entry. */
export interface Relations {
  readonly parents: readonly Sha256[];
  readonly inputs: readonly Sha256[];
}

/** A related entry as it stands in this repository. */
export interface RelatedEntry {
  readonly sha256: Sha256;
  readonly commit: ObjectId;
  readonly depth: number;
  readonly relied: ReliedRef;
}

/** Decides parents and inputs. Throws `bad-bundle` where flags and train manifest disagree, `unknown-spec`. */
export async function resolveRelations(
  workspace: Workspace,
  profile: Profile,
  stated: TrainManifest | undefined,
  given: { readonly parents: readonly string[]; readonly inputs: readonly string[]; readonly model: string },
): Promise<Relations> {
  const parents = await resolveAll(workspace, given.parents, given.model);
  const inputs = await resolveAll(workspace, given.inputs, given.model);
  const statedParents =
    stated?.parentSha === undefined ? undefined : stated.parentSha === null ? [] : [stated.parentSha];
  if (parents.length > 0 && statedParents !== undefined && statedParents.join() !== parents.join()) {
    throw disagreement('parents', statedParents, parents);
  }
  const statedInputs = stated?.inputShas;
  if (inputs.length > 0 && (statedInputs !== undefined || profile === 'lm/1')) {
    const expected = [...(statedInputs ?? [])].sort();
    if (expected.join() !== [...inputs].sort().join()) throw disagreement('inputs', expected, inputs);
  }
  return {
    parents: parents.length > 0 ? parents : (statedParents ?? []),
    inputs: [...(inputs.length > 0 ? inputs : (statedInputs ?? []))].sort(),
  };
}

function disagreement(what: string, stated: readonly Sha256[], given: readonly Sha256[]): RegistryError {
  const list = (shas: readonly Sha256[]): string =>
    shas.length === 0 ? 'none' : shas.map((sha256) => sha256.slice(0, 12)).join(', ');
  return new RegistryError(
    'bad-bundle',
    `train_manifest.json: it states ${what} ${list(stated)}, the command line ${list(given)}`,
    {
      data: { what, stated, given },
      hint: 'leave out the flag, or mend train_manifest.json',
    },
  );
}

async function resolveAll(workspace: Workspace, specs: readonly string[], model: string): Promise<readonly Sha256[]> {
  const shas: Sha256[] = [];
  for (const spec of specs) {
    const own = spec.includes('@') || isShaPrefix(spec) ? undefined : model;
    shas.push((await resolveSpec(workspace, spec, own)).entry.sha256);
  }
  return shas;
}

/** Returns each related entry. Throws `unknown-parent` for one that no local log has registered. */
export async function findRelated(workspace: Workspace, relations: Relations): Promise<readonly RelatedEntry[]> {
  const related: RelatedEntry[] = [];
  for (const sha256 of [...relations.parents, ...relations.inputs]) related.push(await getRelated(workspace, sha256));
  return related;
}

async function getRelated(workspace: Workspace, sha256: Sha256): Promise<RelatedEntry> {
  const key = { kind: 'entry', sha256 } as const;
  const found = (await workspace.refs.find(key)) ?? null;
  const id = found ?? (await findInLogs(workspace, sha256));
  if (id === undefined) {
    throw new RegistryError(
      'unknown-parent',
      `${sha256.slice(0, 12)}: it is stated as parent or input but not registered here`,
      {
        data: { sha256 },
        hint: 'register it first, or git registry pull',
      },
    );
  }
  const commit = await workspace.objects.find(id);
  if (commit?.type !== 'commit') {
    throw new RegistryError('corrupt-object', `entry ${sha256.slice(0, 12)}: its commit ${id} is missing`, {
      hint: 'git registry verify --all',
    });
  }
  return { sha256, commit: id, depth: depthOfEntryCommit(commit.body), relied: { key, id, found } };
}

async function findInLogs(workspace: Workspace, sha256: Sha256): Promise<ObjectId | undefined> {
  for (const { state } of await findModelsOf(workspace, sha256)) {
    const entry = state.entries.get(sha256);
    if (entry?.status === 'registered') return entry.commit;
  }
  return undefined;
}
