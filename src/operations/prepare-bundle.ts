/** From files on disk to the files of a manifest: stored form, digests, and where the bytes live (format §3, §4.1). */
import { canonicalize } from '../domain/canonical-json.ts';
import { sha256Of } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ManifestFile, Profile } from '../domain/manifest.ts';
import { isCanonicalFile } from '../domain/profile.ts';
import { GIT_BUDGET, roleOf, storeOf } from '../domain/role.ts';
import type { SourceFile } from '../ports/bundle-source.ts';
import type { Workspace } from './workspace.ts';

/** A file before hashing: on disk, or made from flags. */
export type BundleInput =
  | { readonly kind: 'file'; readonly path: string; readonly source: SourceFile }
  | { readonly kind: 'made'; readonly path: string; readonly body: Uint8Array };

/** The files of a bundle, ready for an entry. */
export interface PreparedBundle {
  readonly files: readonly ManifestFile[];
  /** Stored bytes of the files that live in git, by path. */
  readonly gitFiles: ReadonlyMap<string, Uint8Array>;
}

/** Largest JSON file (format §2.2). */
const JSON_LIMIT = 64 * 1024 * 1024;

/** Hashes and stores a bundle's files; with `store` false nothing is written to the cache. */
export async function prepareBundle(
  workspace: Workspace,
  profile: Profile,
  inputs: readonly BundleInput[],
  options: { readonly store: boolean },
): Promise<PreparedBundle> {
  const files: ManifestFile[] = [];
  const gitFiles = new Map<string, Uint8Array>();
  let inGit = 0;
  for (const input of inputs) {
    const prepared = await prepareFile(workspace, profile, input, options.store);
    files.push(prepared.file);
    if (prepared.body === undefined) continue;
    gitFiles.set(prepared.file.path, prepared.body);
    inGit += prepared.body.length;
    if (inGit > GIT_BUDGET) {
      throw new RegistryError(
        'too-big',
        `files kept in git: expected at most 256 MiB together, got more at ${prepared.file.path}`,
      );
    }
  }
  return { files, gitFiles };
}

interface PreparedFile {
  readonly file: ManifestFile;
  readonly body?: Uint8Array;
}

async function prepareFile(
  workspace: Workspace,
  profile: Profile,
  input: BundleInput,
  store: boolean,
): Promise<PreparedFile> {
  const { path } = input;
  const role = roleOf(path);
  if (input.kind === 'made' || isCanonicalFile(profile, path)) {
    return storedInMemory(workspace, path, canonicalize(await readAll(workspace, input, JSON_LIMIT), path), store);
  }
  const { source } = input;
  if (storeOf(role, source.bytes) === 'git') {
    return storedInMemory(workspace, path, await readAll(workspace, input, source.bytes), store);
  }
  const weights = await workspace.weights();
  const digests = store
    ? await weights.ingest(source.source, workspace.progress)
    : await weights.digest(source.source, workspace.progress);
  return { file: { path, role, ...digests, store: 'cache' } };
}

async function readAll(workspace: Workspace, input: BundleInput, limit: number): Promise<Uint8Array> {
  return input.kind === 'made' ? input.body : (await workspace.source()).read(input.source, limit);
}

async function storedInMemory(
  workspace: Workspace,
  path: string,
  body: Uint8Array,
  store: boolean,
): Promise<PreparedFile> {
  const role = roleOf(path);
  if (storeOf(role, body.length) === 'git') {
    return { file: { path, role, bytes: body.length, sha256: sha256Of(body), store: 'git' }, body };
  }
  const weights = await workspace.weights();
  const digests = store ? await weights.ingestBytes(body) : weights.digestBytes(body);
  return { file: { path, role, ...digests, store: 'cache' } };
}
