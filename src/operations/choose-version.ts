/** Which version a new or promoted entry gets: the one named, or the next after a bump. */
import { type BumpBasis, decideBump } from '../domain/bump.ts';
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelState } from '../domain/state.ts';
import { parseVersion, type Version } from '../domain/version.ts';
import { type Bump, compareVersions, nextVersion } from '../domain/version-order.ts';
import { modelPolicy } from './model-policy.ts';
import { type EntryAddress, findJson, readManifest } from './read-entry.ts';
import type { Workspace } from './workspace.ts';

/** What the user asked for. */
export type VersionRequest =
  | { readonly kind: 'as'; readonly version: Version }
  | { readonly kind: 'bump'; readonly bump: Bump | 'auto' };

/** The version chosen, and why when it was worked out. */
export interface ChosenVersion {
  readonly version: Version;
  readonly reason?: string;
}

/** Reads `--as` and `--bump`. Throws `bad-version`, `usage`. */
export function readVersionRequest(as: string | undefined, bump: string | undefined): VersionRequest | undefined {
  if (as !== undefined && bump !== undefined) throw new RegistryError('usage', '--as and --bump: expected one of them');
  if (as !== undefined) return { kind: 'as', version: parseVersion(as) };
  if (bump === undefined) return undefined;
  if (bump === 'major' || bump === 'minor' || bump === 'patch' || bump === 'auto') return { kind: 'bump', bump };
  throw new RegistryError('usage', `--bump: expected major, minor, patch or auto, got ${bump}`);
}

/** Works out a version. `basis` is asked only for `--bump auto`. */
export async function chooseVersion(
  workspace: Workspace,
  state: ModelState,
  request: VersionRequest,
  basis: () => Promise<BumpBasis>,
): Promise<ChosenVersion> {
  if (request.kind === 'as') return { version: request.version };
  const versions = [...state.versions.keys()];
  const highest = versions.sort(compareVersions).at(-1);
  if (highest === undefined) return { version: nextVersion([], 'patch'), reason: 'the first version' };
  if (request.bump !== 'auto') return { version: nextVersion(versions, request.bump) };
  const previous = state.versions.get(highest);
  const entry = previous && state.entries.get(previous.sha256);
  if (entry === undefined) throw new RegistryError('bug', `version ${highest} names no entry`);
  const { bump: rules } = await modelPolicy(workspace, state.model);
  const { bump, reason } = decideBump(await readBumpBasis(workspace, entry), await basis(), rules);
  return { version: nextVersion(versions, bump), reason: `${bump} after ${highest}: ${reason}` };
}

/** Reads what `--bump auto` compares, of an entry. */
export async function readBumpBasis(workspace: Workspace, entry: EntryAddress): Promise<BumpBasis> {
  const manifest = await readManifest(workspace, entry);
  return {
    files: new Map(manifest.files.map(({ path, sha256 }) => [path, sha256])),
    config: await findJson(workspace, entry, manifest, 'config.json'),
    train: await findJson(workspace, entry, manifest, 'train_manifest.json'),
  };
}

/** Refuses a version that names another entry. Throws `version-taken`. */
export function refuseTaken(state: ModelState, version: Version, sha256: Sha256): void {
  const holder = state.versions.get(version)?.sha256;
  if (holder === undefined || holder === sha256) return;
  throw new RegistryError(
    'version-taken',
    `${version} of ${state.model}: it names ${holder.slice(0, 12)}, not ${sha256.slice(0, 12)}, for ever`,
    {
      data: { model: state.model, version, holder, sha256 },
      hint: 'choose another version, or --bump',
    },
  );
}
