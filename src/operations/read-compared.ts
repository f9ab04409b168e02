/** An entry as `compare` looks at it: what `show` knows, its eval report, its configuration and its environment. */
import { isJsonObject, type JsonValue, parseJson } from '../domain/canonical-json.ts';
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { type EvalReport, readEvalReport, withSamples } from '../domain/eval-report.ts';
import { readSampleLines, SAMPLES_FILE } from '../domain/eval-samples.ts';
import type { Manifest } from '../domain/manifest.ts';
import { flattenParams } from '../domain/params.ts';
import { reported } from '../domain/reported.ts';
import { isShaPrefix, parseSpec } from '../domain/selector.ts';
import type { Version } from '../domain/version.ts';
import { type EntryAddress, findBytes, findJson, findTrainManifest, readManifest } from './read-entry.ts';
import { type ResolvedSpec, resolveSpec } from './resolve-spec.ts';
import { type ShowResult, show } from './show.ts';
import type { Workspace } from './workspace.ts';

/** One side of a comparison. */
export interface ComparedSource {
  readonly shown: ShowResult;
  /** The version by which it was asked for, else its highest. */
  readonly version: Version | null;
  readonly report: EvalReport;
  /** SHA-256 of eval_report.json and eval_samples.jsonl, as far as the bundle has them. */
  readonly evidence: readonly Sha256[];
  /** config.json, flattened; null where the bundle has none that can be read. */
  readonly config: Readonly<Record<string, string>> | null;
  /** `environment` of the train manifest, flattened. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads one side. `home` is the model of SPECs that name none. Throws what resolving throws. */
export async function readCompared(workspace: Workspace, spec: string, home?: string): Promise<ComparedSource> {
  const { model, entry, version } = await resolveNear(workspace, spec, home);
  const shown = await show(workspace, { spec: `${model}@${entry.sha256}` });
  const manifest = await readManifest(workspace, entry);
  const train = await findTrainManifest(workspace, entry, manifest);
  const evidence = manifest.files.filter(({ path }) => path === 'eval_report.json' || path === SAMPLES_FILE);
  return {
    shown,
    version: version ?? shown.versions.at(-1) ?? null,
    report: await readReport(workspace, entry, manifest),
    evidence: evidence.map(({ sha256 }) => sha256),
    config: await readConfig(workspace, entry, manifest),
    environment: flattenEnvironment(train?.environment),
  };
}

/** Where it is no object, it is one text. */
function flattenEnvironment(environment: JsonValue | undefined): Readonly<Record<string, string>> {
  if (environment === undefined) return {};
  return flattenParams(environment, isJsonObject(environment) ? '' : 'environment');
}

/** A SHA is looked for in the home model first, then everywhere; other targets mean the home model. */
async function resolveNear(workspace: Workspace, spec: string, home: string | undefined): Promise<ResolvedSpec> {
  const { model, target } = parseSpec(spec);
  try {
    return await resolveSpec(workspace, spec, home);
  } catch (error) {
    const isElsewhere = home !== undefined && model === undefined && isShaPrefix(target);
    if (!isElsewhere || !(error instanceof RegistryError) || error.code !== 'unknown-spec') throw error;
    return resolveSpec(workspace, spec);
  }
}

async function readReport(workspace: Workspace, entry: EntryAddress, manifest: Manifest): Promise<EvalReport> {
  const report = readEvalReport((await findJson(workspace, entry, manifest, 'eval_report.json')) ?? null);
  if (report.samples.kind === 'given') return report;
  const lines = await findBytes(workspace, entry, manifest, SAMPLES_FILE);
  return lines === undefined ? report : withSamples(report, reported(readSampleLines(lines)));
}

/** Outside `lm/1` a configuration need not be strict JSON; then its digest alone is compared. */
async function readConfig(
  workspace: Workspace,
  entry: EntryAddress,
  manifest: Manifest,
): Promise<Readonly<Record<string, string>> | null> {
  const bytes = await findBytes(workspace, entry, manifest, 'config.json');
  if (bytes === undefined) return null;
  try {
    return flattenParams(parseJson(bytes, 'config.json'));
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-json') return null;
    throw error;
  }
}
