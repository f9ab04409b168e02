/** Checks of the registry's files among those of a snapshot: bundles, train manifests, baselines, the policy. */
import { isJsonObject, type JsonValue } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import { type Finding, finding } from '../domain/finding.ts';
import { readTrainManifest } from '../domain/train-manifest.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { Snapshot, SnapshotFile } from '../ports/snapshot.ts';
import { baseNameOf, folderOf } from './check-paths.ts';
import type { ChangedTrain } from './check-provenance.ts';
import type { CheckResult } from './check-result.ts';
import { JSON_LIMIT, readJson } from './read-snapshot-json.ts';
import type { Workspace } from './workspace.ts';

/** What the checks of files found. */
interface Found {
  readonly findings: readonly Finding[];
  readonly checked: Partial<CheckResult['checked']>;
}

/** Checks the files with telling names, and the files beside them. `telling`: the paths of all that the snapshot holds. */
export async function checkFiles(
  workspace: Workspace,
  snapshot: Snapshot,
  files: readonly SnapshotFile[],
  telling: readonly string[],
): Promise<Found> {
  const findings: Finding[] = [];
  const bundles = bundleFolders(telling);
  const touched = new Set<string>();
  const trains: ChangedTrain[] = [];
  for (const file of files) {
    const folder = folderOf(file.path);
    const name = baseNameOf(file.path);
    if (name === 'registry.yaml' && folder === '')
      findings.push(...(await checkPolicy(workspace, snapshot, file.path)));
    if (!bundles.has(folder)) continue;
    touched.add(folder);
    if (!name.endsWith('.json') || name === 'eval_baseline.json') continue;
    const read = await readJson(snapshot, file.path);
    if (read.kind === 'fault') findings.push(finding('json-broken', file.path, read.message));
    else findings.push(...checkMember(file, name, read.value, trains));
  }
  findings.push(...(await checkPointedHeaders(workspace, snapshot, files, bundles)));
  const baselines = telling.filter((path) => baseNameOf(path) === 'eval_baseline.json');
  const { checkBaselines } = await import('./check-baselines.ts');
  const eval_ = await checkBaselines(snapshot, baselines);
  findings.push(...eval_.findings);
  if (trains.length > 0) {
    const { checkProvenance } = await import('./check-provenance.ts');
    findings.push(...(await checkProvenance(workspace, snapshot, trains, telling, eval_.paths)));
  }
  return { findings, checked: { bundles: touched.size, baselines: baselines.length } };
}

/** A folder is a bundle when it holds what training or evaluation wrote, or a pointer to safetensors. */
function bundleFolders(telling: readonly string[]): ReadonlySet<string> {
  const isTelling = (path: string): boolean =>
    /(?:^|\/)(?:train_manifest|eval_report)\.json$|\.safetensors\.dvc$/.test(path);
  return new Set(telling.filter(isTelling).map(folderOf));
}

/** The documents whose shape the registry knows (format §3.7, §4.1). */
function checkMember(file: SnapshotFile, name: string, value: JsonValue, trains: ChangedTrain[]): readonly Finding[] {
  const isDocument = ['train_manifest.json', 'eval_report.json', 'config.json', 'tokenizer.json'].includes(name);
  if (!isDocument) return [];
  if (!isJsonObject(value)) return [finding('bundle-broken', file.path, 'expected an object')];
  if (name !== 'train_manifest.json') return [];
  try {
    const train = readTrainManifest(value);
    const remote = value.get('code_git_remote') ?? value.get('code_git_url');
    if (file.changed)
      trains.push({ path: file.path, train, codeRemote: typeof remote === 'string' ? remote : undefined });
    return wrongTypes(value).map((message) => finding('bundle-broken', file.path, message));
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return [finding('bundle-broken', file.path, error.message)];
  }
}

/** Registration leaves these out where they are of another type, and lineage then lacks them: better said at the commit. */
function wrongTypes(manifest: ReadonlyMap<string, JsonValue>): readonly string[] {
  const texts = ['corpus_dvc_hash', 'tokenizer_sha', 'code_git_sha', 'mlflow_run_id'];
  return [
    ...texts
      .filter((key) => !['string', 'undefined'].includes(typeof manifest.get(key)) && manifest.get(key) !== null)
      .map((key) => `${key}: expected a string`),
    ...(manifest.has('hparams') && !isJsonObject(manifest.get('hparams') ?? null)
      ? ['hparams: expected an object']
      : []),
  ];
}

async function checkPolicy(workspace: Workspace, snapshot: Snapshot, path: string): Promise<readonly Finding[]> {
  const body = await snapshot.read(path, JSON_LIMIT);
  const text = body === undefined ? undefined : decodeUtf8(body);
  if (text === undefined) return [finding('policy-broken', path, 'expected UTF-8 text')];
  const message = await workspace.settings.findPolicyFault(text);
  return message === undefined ? [] : [finding('policy-broken', path, message)];
}

/** A pointer to safetensors whose bytes are in the cache: what is pointed to is part of the bundle. */
async function checkPointedHeaders(
  workspace: Workspace,
  snapshot: Snapshot,
  files: readonly SnapshotFile[],
  bundles: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const pointers = files.filter(({ path }) => path.endsWith('.safetensors.dvc') && bundles.has(folderOf(path)));
  if (pointers.length === 0) return [];
  const { checkPointedHeader } = await import('./check-pointed-header.ts');
  const found: Finding[] = [];
  for (const { path } of pointers) found.push(...(await checkPointedHeader(workspace, snapshot, path)));
  return found;
}
