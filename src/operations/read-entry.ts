/** Reading an entry: its manifest and the files that live in git. What is read is checked against its SHA-256. */
import { type JsonValue, parseJson } from '../domain/canonical-json.ts';
import { type ObjectId, type Sha256, sha256Of } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { decodeManifest, type Manifest, type ManifestFile } from '../domain/manifest.ts';
import { readTrainManifest, type TrainManifest } from '../domain/train-manifest.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { Workspace } from './workspace.ts';

/** Where an entry is, and which. */
export interface EntryAddress {
  readonly sha256: Sha256;
  readonly commit: ObjectId;
}

/** Reads and decodes manifest.json. Throws `corrupt-entry`, `corrupt-object`. */
export async function readManifest(workspace: Workspace, entry: EntryAddress): Promise<Manifest> {
  const blob = await workspace.objects.find(`${entry.commit}:manifest.json`);
  return manifestFrom(entry, blob?.body);
}

/** Decodes the bytes of a manifest that was read for an entry. Throws `corrupt-entry`, `corrupt-object`. */
export function manifestFrom(entry: EntryAddress, body: Uint8Array | undefined): Manifest {
  if (body === undefined) {
    throw new RegistryError('corrupt-object', `entry ${entry.sha256.slice(0, 12)}: its manifest is missing`, {
      data: { sha256: entry.sha256, commit: entry.commit },
      hint: 'git registry verify --all',
    });
  }
  const manifest = decodeManifest(decodeUtf8(body) ?? '');
  if (manifest.sha256 !== entry.sha256) {
    throw new RegistryError(
      'corrupt-entry',
      `entry ${entry.sha256.slice(0, 12)}: its manifest says ${manifest.sha256.slice(0, 12)}`,
      {
        data: { sha256: entry.sha256, found: manifest.sha256 },
      },
    );
  }
  return manifest;
}

/** Returns the file at a path of the bundle. Throws `unknown-file`. */
export function getFile(manifest: Manifest, path: string): ManifestFile {
  const file = manifest.files.find((candidate) => candidate.path === path);
  if (file !== undefined) return file;
  throw new RegistryError('unknown-file', `${path}: not in ${manifest.sha256.slice(0, 12)}`, {
    data: { path, files: manifest.files.map((candidate) => candidate.path).slice(0, 50) },
    hint: `git registry show ${manifest.sha256.slice(0, 12)}`,
  });
}

/** Reads the bytes of a file that lives in git. Throws `corrupt-object`, `corrupt-entry`. */
export async function readGitFile(workspace: Workspace, entry: EntryAddress, file: ManifestFile): Promise<Uint8Array> {
  const blob = await workspace.objects.find(`${entry.commit}:bundle/${file.path}`);
  return checkedBytes(entry, file, blob?.body);
}

/** Returns the bytes when they are the registered ones. Throws `corrupt-object`, `corrupt-entry`. */
export function checkedBytes(entry: EntryAddress, file: ManifestFile, body: Uint8Array | undefined): Uint8Array {
  if (body !== undefined && body.length === file.bytes && sha256Of(body) === file.sha256) return body;
  throw new RegistryError(
    body === undefined ? 'corrupt-object' : 'corrupt-entry',
    `${file.path} of ${entry.sha256.slice(0, 12)}: its bytes are ${body === undefined ? 'missing' : 'not the registered ones'}`,
    {
      data: { sha256: entry.sha256, path: file.path },
      hint: 'git registry verify --all',
    },
  );
}

/** Reads a JSON file of the bundle, wherever its bytes live; undefined when the bundle has none or its bytes are not here. */
export async function findJson(
  workspace: Workspace,
  entry: EntryAddress,
  manifest: Manifest,
  path: string,
): Promise<JsonValue | undefined> {
  const bytes = await findBytes(workspace, entry, manifest, path);
  return bytes === undefined ? undefined : parseJson(bytes, path);
}

/** Reads a file of the bundle into memory, wherever its bytes live; undefined as for {@link findJson}. */
export async function findBytes(
  workspace: Workspace,
  entry: EntryAddress,
  manifest: Manifest,
  path: string,
): Promise<Uint8Array | undefined> {
  const file = manifest.files.find((candidate) => candidate.path === path);
  if (file === undefined) return undefined;
  if (file.store === 'git') return readGitFile(workspace, entry, file);
  const cached = await (await workspace.weights()).findPath(file);
  if (cached === undefined) return undefined;
  const source = await workspace.source();
  return checkedBytes(entry, file, await source.read({ path, source: cached, bytes: file.bytes }, file.bytes));
}

/** Reads the train manifest as lineage needs it; undefined when there is none, or it is no object. */
export async function findTrainManifest(
  workspace: Workspace,
  entry: EntryAddress,
  manifest: Manifest,
): Promise<TrainManifest | undefined> {
  const value = await findJson(workspace, entry, manifest, 'train_manifest.json');
  return value === undefined ? undefined : readTrainManifest(value);
}
