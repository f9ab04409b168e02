/** Writes train_manifest.json: what a training run must record so that lineage can be walked (the seed's train manifest). */
import { encodeJson, type JsonObject, type JsonValue } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Workspace } from './workspace.ts';

/** What to record. */
export interface WriteManifestInput {
  /** Absolute folder that gets the file. */
  readonly folder: string;
  /** Absolute path of the corpus, a file or a folder. */
  readonly corpus?: string;
  readonly seed?: JsonValue;
  readonly params: ReadonlyMap<string, JsonValue>;
  readonly runId?: string;
  /** Canonical SHA of the parent. */
  readonly parent?: string;
  readonly force: boolean;
}

/** The file written. */
export interface WriteManifestResult {
  readonly path: string;
  readonly manifest: JsonObject;
  /** Where the corpus digest came from. */
  readonly corpusFrom: 'pointer' | 'file' | 'folder' | null;
}

/** Writes the manifest. Throws `destination` where the file exists, `not-a-file` for a corpus that is not there. */
export async function writeManifest(workspace: Workspace, input: WriteManifestInput): Promise<WriteManifestResult> {
  const probe = await workspace.probe();
  const corpus = input.corpus === undefined ? undefined : await probe.corpusDigest(input.corpus, workspace.progress);
  const head = await workspace.repository.head();
  const members: [string, JsonValue][] = [];
  if (corpus !== undefined) members.push(['corpus_dvc_hash', corpus.digest]);
  if (head !== undefined)
    members.push(
      ['code_git_sha', head.commit],
      ['code_git_branch', head.branch ?? null],
      ['code_git_dirty', head.dirty],
    );
  const tokenizer = await probe.tokenizerDigest(input.folder);
  if (tokenizer !== undefined) members.push(['tokenizer_sha', tokenizer]);
  if (input.seed !== undefined) members.push(['seed', input.seed]);
  if (input.params.size > 0) members.push(['hparams', input.params]);
  if (input.runId !== undefined) members.push(['mlflow_run_id', input.runId]);
  if (input.parent !== undefined) members.push(['parent_sha', input.parent]);
  members.push(['environment', await probe.environment()]);
  const manifest: JsonObject = new Map(members);
  const path = await probe.writeFile(input.folder, 'train_manifest.json', encodeJson(manifest), input.force);
  if (path === undefined) {
    throw new RegistryError('destination', `train_manifest.json: it exists in ${input.folder}`, {
      data: { folder: input.folder },
      hint: 'add --force to replace it',
    });
  }
  return { path, manifest, corpusFrom: corpus?.from ?? null };
}
