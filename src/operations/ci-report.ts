/** What a reviewer wants to know of an entry: what it is, what it was made of, and its metrics beside those of the version before. */
import { alignByName } from '../domain/align.ts';
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { type EntryState, isExpired, type ModelState } from '../domain/state.ts';
import type { Version } from '../domain/version.ts';
import { isPrerelease } from '../domain/version.ts';
import { compareVersions } from '../domain/version-order.ts';
import { chooseModel } from './choose-model.ts';
import { type ComparedMetric, compareMetrics } from './compare-metrics.ts';
import { modelPolicy } from './model-policy.ts';
import { getModel } from './read-model.ts';
import { resolveSpec } from './resolve-spec.ts';
import { type ShowResult, show } from './show.ts';
import { trainingTexts } from './training-texts.ts';
import type { Workspace } from './workspace.ts';

/** What to report on. Without `spec`: the entry that came last into the default model, candidates included. */
export interface CiReportInput {
  readonly spec?: string;
  /** SPEC of what to compare with; else the version before. */
  readonly against?: string;
}

/** The entry, as far as a summary needs it. */
export interface ReportedEntry
  extends Pick<
    ShowResult,
    | 'model'
    | 'sha256'
    | 'versions'
    | 'stage'
    | 'status'
    | 'profile'
    | 'registeredAt'
    | 'registeredBy'
    | 'description'
    | 'parents'
  > {
  /** Number of files, and what they hold together. */
  readonly files: number;
  readonly bytes: number;
}

/** The report. */
export interface CiReportResult {
  readonly entry: ReportedEntry;
  readonly against: { readonly sha256: Sha256; readonly version: Version | null; readonly stage: string | null } | null;
  readonly metrics: readonly ComparedMetric[];
  /** What training was given, where it differs: corpus, tokenizer, code, seed, and hyperparameters as `hparams.NAME`. */
  readonly training: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly before: string | null;
  }[];
}

/** Reports. Throws `unknown-spec`, `no-version` (nothing to report on), `no-default-model`. */
export async function ciReport(workspace: Workspace, input: CiReportInput): Promise<CiReportResult> {
  const spec = input.spec ?? (await newestSpec(workspace));
  const entry = await show(workspace, { spec });
  const againstSpec = input.against ?? (await previousSpec(workspace, entry));
  const before = againstSpec === undefined ? undefined : await show(workspace, { spec: againstSpec });
  const keys = new Set((await modelPolicy(workspace, entry.model)).keyMetrics);
  return {
    entry: describeReported(entry),
    against:
      before === undefined
        ? null
        : { sha256: before.sha256, version: before.versions.at(-1) ?? null, stage: before.stage },
    metrics: compareMetrics(before?.metrics ?? [], entry.metrics, keys),
    training: compareTraining(entry, before),
  };
}

function describeReported(entry: ShowResult): ReportedEntry {
  const { model, sha256, versions, stage, status, profile, registeredAt, registeredBy, description, parents } = entry;
  const bytes = entry.files.reduce((sum, file) => sum + file.bytes, 0);
  const summed = { files: entry.files.length, bytes };
  return {
    model,
    sha256,
    versions,
    stage,
    status,
    profile,
    registeredAt,
    registeredBy,
    description,
    parents,
    ...summed,
  };
}

async function newestSpec(workspace: Workspace): Promise<string> {
  const { state } = await getModel(workspace, await chooseModel(workspace, undefined));
  const now = new Date(workspace.clock.now()).toISOString();
  const seqOf = ({ registered, first }: EntryState): number => (registered ?? first).seq;
  const usable = [...state.entries.values()].filter(
    (entry) => entry.tombstone === undefined && (entry.status === 'registered' || !isExpired(entry, now)),
  );
  const newest = usable.sort((a, b) => seqOf(a) - seqOf(b)).at(-1);
  if (newest !== undefined) return `${state.model}@${newest.sha256}`;
  throw new RegistryError('no-version', `${state.model}: it has no entry to report on`, {
    data: { model: state.model },
    hint: 'git registry register FOLDER --pending',
  });
}

/** The highest release below the entry's own version; for an entry without one, the highest of another entry. */
async function previousSpec(workspace: Workspace, entry: ShowResult): Promise<string | undefined> {
  const { folded } = await resolveSpec(workspace, `${entry.model}@${entry.sha256}`);
  const own = entry.versions.at(-1);
  const version = releasesOf(folded.state, entry.sha256)
    .filter((candidate) => own === undefined || compareVersions(candidate, own) < 0)
    .at(-1);
  return version === undefined ? undefined : `${entry.model}@${version}`;
}

function releasesOf(state: ModelState, except: Sha256): readonly Version[] {
  const isUsable = ([version, { sha256 }]: readonly [Version, { readonly sha256: Sha256 }]): boolean =>
    sha256 !== except && !isPrerelease(version) && state.entries.get(sha256)?.tombstone === undefined;
  return [...state.versions]
    .filter(isUsable)
    .map(([version]) => version)
    .sort(compareVersions);
}

function compareTraining(entry: ShowResult, before: ShowResult | undefined): CiReportResult['training'] {
  const sources = [trainingOf(entry), before === undefined ? new Map<string, string>() : trainingOf(before)];
  return alignByName<string | null>(sources)
    .map(({ name, values: [value = null, old = null] }) => ({ name, value, before: old }))
    .filter(({ name, value, before: old }) =>
      name.startsWith('hparams.') ? value !== old : value !== null || old !== null,
    );
}

function trainingOf(entry: ShowResult): ReadonlyMap<string, string | null> {
  const hparams = Object.entries(entry.params).map(([key, value]) => [`hparams.${key}`, value] as const);
  return new Map([...trainingTexts(entry), ...hparams]);
}
