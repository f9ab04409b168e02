/** Entries side by side: metrics with exact differences, what they rest on, and what else differs. */
import { type Aligned, alignByName } from '../domain/align.ts';
import { compareCodePoints } from '../domain/code-point-order.ts';
import { isSummable, subtractDecimals } from '../domain/decimal.ts';
import type { Sha256 } from '../domain/digest.ts';
import { type Evidence, sameEvidence } from '../domain/eval-evidence.ts';
import { type MetricNoise, noiseOf } from '../domain/metric-noise.ts';
import type { Metric } from '../domain/metrics.ts';
import type { Role } from '../domain/role.ts';
import type { Version } from '../domain/version.ts';
import { type ComparedMetric, compareMetrics, keyMetricsFirst } from './compare-metrics.ts';
import { modelPolicy } from './model-policy.ts';
import { type ComparedSource, readCompared } from './read-compared.ts';
import type { ShowResult } from './show.ts';
import { trainingTexts } from './training-texts.ts';
import type { Workspace } from './workspace.ts';

/** What to compare: each of `others` with `first`. SPECs of `others` without a model mean that of `first`. */
export interface CompareInput {
  readonly first: string;
  readonly others: readonly string[];
}

/** An entry that is compared. */
export interface ComparedEntry extends Pick<ShowResult, 'model' | 'sha256' | 'stage' | 'status'> {
  /** By which it was asked for, else its highest. */
  readonly version: Version | null;
}

/** A metric of the first entry (`a`) and of another (`b`); `delta` = b - a, exactly. Null where a side lacks it. */
export interface MetricDelta {
  readonly a: string | null;
  readonly b: string | null;
  readonly delta: string | null;
}

/** A metric of a comparison. */
export interface MetricComparison extends MetricDelta, Pick<ComparedMetric, 'name' | 'change' | 'key'> {
  /** How far the difference may come from chance; null where a side lacks the metric or the evidence is different. */
  readonly noise: MetricNoise | null;
}

/** Another entry against the first. */
export interface Comparison {
  readonly sha256: Sha256;
  readonly evidence: Evidence;
  readonly metrics: readonly MetricComparison[];
}

/** What changed against the first entry: `added` and `removed` where all others have it, or none has. */
type Change = 'same' | 'changed' | 'added' | 'removed';

/** A text of each entry, in their order; null where one has none. */
export interface TextDifference extends Aligned<string> {
  readonly change: Change;
}

/** A file of each entry, in their order. */
export interface FileDifference {
  readonly path: string;
  readonly role: Role;
  readonly change: Change;
  readonly files: readonly ({ readonly sha256: Sha256; readonly bytes: number } | null)[];
}

/** The entries side by side. */
export interface CompareResult {
  readonly entries: readonly ComparedEntry[];
  /** The second entry against the first, by metric. */
  readonly metrics: Readonly<Record<string, MetricDelta>>;
  readonly comparisons: readonly Comparison[];
  /** Corpus, tokenizer, code, seed and run, where an entry names one; the same ones too. */
  readonly training: readonly TextDifference[];
  /** Of these only what is not the same everywhere. */
  readonly params: readonly TextDifference[];
  readonly config: readonly TextDifference[];
  readonly environment: readonly TextDifference[];
  /** All files, by role and path. */
  readonly files: readonly FileDifference[];
}

/** Compares. Throws what resolving throws. */
export async function compare(workspace: Workspace, input: CompareInput): Promise<CompareResult> {
  const first = await readCompared(workspace, input.first);
  const others: ComparedSource[] = [];
  for (const spec of input.others) others.push(await readCompared(workspace, spec, first.shown.model));
  const sources = [first, ...others];
  const keys = new Set((await modelPolicy(workspace, first.shown.model)).keyMetrics);
  const comparisons = others.map((other) => compareTwo(first, other, keys));
  const deltas = (comparisons[0]?.metrics ?? []).map(({ name, a, b, delta }) => [name, { a, b, delta }] as const);
  return {
    entries: sources.map(describe),
    metrics: Object.fromEntries(deltas),
    comparisons,
    training: textDifferences(sources.map(({ shown }) => withoutNull(trainingTexts(shown)))),
    params: unlike(textDifferences(sources.map(({ shown }) => new Map(Object.entries(shown.params))))),
    config: unlike(textDifferences(sources.map(({ config }) => new Map(Object.entries(config ?? {}))))),
    environment: unlike(textDifferences(sources.map(({ environment }) => new Map(Object.entries(environment))))),
    files: compareFiles(sources),
  };
}

function describe({ shown: { model, sha256, stage, status }, version }: ComparedSource): ComparedEntry {
  return { model, sha256, version, stage, status };
}

function compareTwo(first: ComparedSource, other: ComparedSource, keys: ReadonlySet<string>): Comparison {
  const order = keyMetricsFirst(keys);
  const evidence = sameEvidence(first.report, other.report);
  const metrics = compareMetrics(metricsOf(first), metricsOf(other), keys)
    .toSorted((a, b) => order(a.name, b.name))
    .map(({ name, value, before, change, key }): MetricComparison => {
      const isComparable = value !== null && before !== null && evidence.kind !== 'different';
      const noise = isComparable ? noiseOf(name, first, other) : null;
      return { name, a: before, b: value, delta: deltaOf(before, value), change, key, noise };
    });
  return { sha256: other.shown.sha256, evidence, metrics };
}

/** Integers of a thousand digits are not worth their difference. */
function deltaOf(a: string | null, b: string | null): string | null {
  return a !== null && b !== null && isSummable(a) && isSummable(b) ? subtractDecimals(b, a) : null;
}

/** Counts that stand behind a metric are no metrics themselves. */
function metricsOf({ report }: ComparedSource): readonly Metric[] {
  if (report.counts.kind !== 'given') return report.metrics;
  return report.metrics.filter(({ name }) => !name.startsWith('counts.'));
}

function withoutNull(texts: ReadonlyMap<string, string | null>): ReadonlyMap<string, string> {
  return new Map([...texts].flatMap(([name, text]) => (text === null ? [] : [[name, text]])));
}

function textDifferences(sources: readonly ReadonlyMap<string, string>[]): readonly TextDifference[] {
  return alignByName(sources).map(({ name, values }) => ({ name, values, change: changeOf(values) }));
}

function unlike(differences: readonly TextDifference[]): readonly TextDifference[] {
  return differences.filter(({ change }) => change !== 'same').toSorted((a, b) => compareCodePoints(a.name, b.name));
}

function changeOf([first, ...others]: readonly (string | null)[]): Change {
  if (others.every((value) => value === first)) return 'same';
  if (first === null && others.every((value) => value !== null)) return 'added';
  return first !== null && others.every((value) => value === null) ? 'removed' : 'changed';
}

function compareFiles(sources: readonly ComparedSource[]): readonly FileDifference[] {
  return alignByName(sources.map(({ shown }) => new Map(shown.files.map((file) => [file.path, file]))))
    .flatMap(({ name, values }): FileDifference[] => {
      const role = values.find((file) => file !== null)?.role;
      if (role === undefined) return [];
      const files = values.map((file) => (file === null ? null : { sha256: file.sha256, bytes: file.bytes }));
      return [{ path: name, role, change: changeOf(files.map((file) => file?.sha256 ?? null)), files }];
    })
    .toSorted((a, b) => compareCodePoints(a.role, b.role) || compareCodePoints(a.path, b.path));
}
