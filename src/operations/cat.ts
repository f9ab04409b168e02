/** One file of an entry as a stream of bytes, checked to the last one. */
import type { ManifestFile } from '../domain/manifest.ts';
import { bringWeights } from './bring-weights.ts';
import { getFile, readGitFile, readManifest } from './read-entry.ts';
import { refuseDeadBytes, resolveSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** The file and its bytes. Reading to the end throws `corrupt-weights` when they are not the registered ones. */
export interface CatResult {
  readonly file: ManifestFile;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Opens a file. Throws `unknown-file`, `weights-missing`, `tombstoned` unless allowed. */
export async function cat(
  workspace: Workspace,
  input: {
    readonly spec: string;
    readonly model?: string;
    readonly path: string;
    readonly allowTombstoned: boolean;
    readonly jobs?: number;
  },
): Promise<CatResult> {
  const named = await resolveSpec(workspace, input.spec, input.model);
  if (!input.allowTombstoned) await refuseDeadBytes(workspace, named);
  const manifest = await readManifest(workspace, named.entry);
  const file = getFile(manifest, input.path);
  if (file.store === 'git') return { file, bytes: once(await readGitFile(workspace, named.entry, file)) };
  await bringWeights(workspace, manifest, [file], input.jobs);
  return { file, bytes: (await workspace.weights()).read(file) };
}

async function* once(body: Uint8Array): AsyncIterable<Uint8Array> {
  yield body;
}
