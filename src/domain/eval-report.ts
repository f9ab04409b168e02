/**
 * The eval report's form (docs/gates.md): its metrics, and the members that say what they rest on. Each member is read
 * for itself, so a report that means something else by a name still lists and compares.
 */
import { isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from './canonical-json.ts';
import { isSha256, type Sha256 } from './digest.ts';
import { digestSampleIds, readSamples, type Sample } from './eval-samples.ts';
import { type Histogram, readHistograms } from './histogram.ts';
import { flattenMetrics, type Metric } from './metrics.ts';
import {
  isWrong,
  pointerTo,
  type Reported,
  readDecimal,
  readDouble,
  readItems,
  readMember,
  readMembers,
  readText,
  type Wrong,
  wrong,
} from './reported.ts';

/** Which evaluation set: digests of its bytes, lower-case hex; an MD5 as DVC names it, for a folder with `.dir`. */
export interface EvalSet {
  readonly md5?: string;
  readonly sha256?: string;
  readonly path?: string;
}

/** Which code computed the metrics: at least one of both. */
export interface MetricCode {
  readonly sha256?: string;
  /** A git object id, 40 or 64 digits. */
  readonly git_sha?: string;
}

/** Of `n` trials so many succeeded: safe integers, 0 <= successes <= n, n >= 1. */
export interface Counts {
  readonly successes: number;
  readonly n: number;
}

/** A report. Maps are by metric name, histograms by feature. */
export interface EvalReport {
  readonly metrics: readonly Metric[];
  readonly evalSet: Reported<EvalSet>;
  readonly metricCode: Reported<MetricCode>;
  /** Computed where the samples are there, else as stated. */
  readonly sampleIds: Reported<Sha256>;
  readonly samples: Reported<readonly Sample[]>;
  /** Which member of a sample is the score of which metric. */
  readonly sampleScores: Reported<ReadonlyMap<string, string>>;
  readonly counts: Reported<ReadonlyMap<string, Counts>>;
  /** The metric over repeats with the same seeds or folds, in the same order; numbers as they are spelled. */
  readonly runs: Reported<ReadonlyMap<string, readonly string[]>>;
  /** Milliseconds. */
  readonly latencies: Reported<readonly number[]>;
  readonly driftCheckPassed: Reported<boolean>;
  readonly histograms: Reported<ReadonlyMap<string, Histogram>>;
}

const readNumbers = readItems(readDouble, 'an array of numbers');
const readRuns = readItems(readDecimal, 'an array of numbers');

/** Reads a report. One that is no object has no metrics and states nothing. */
export function readEvalReport(json: JsonValue): EvalReport {
  const root: JsonObject = isJsonObject(json) ? json : new Map();
  const samples = readMember(root, 'samples', readSamples);
  return {
    metrics: flattenMetrics(json),
    evalSet: readMember(root, 'eval_set', readEvalSet),
    metricCode: readMember(root, 'metric_code', readMetricCode),
    sampleIds: checkIds(readMember(root, 'sample_ids', readDigest), samples),
    samples,
    sampleScores: readMember(root, 'sample_scores', readMembers(readText, 'an object of member names by metric')),
    counts: readMember(root, 'counts', readMembers(readCounts, 'an object of counts by metric')),
    runs: readMember(root, 'runs', readMembers(readRuns, 'an object of arrays by metric')),
    latencies: readMember(root, 'latency_ms', readLatencies),
    driftCheckPassed: readMember(root, 'drift_check_passed', readSwitch),
    histograms: readMember(root, 'histograms', readHistograms),
  };
}

/** Adds the samples of `eval_samples.jsonl` to a report that has none of its own. */
export function withSamples(report: EvalReport, samples: Reported<readonly Sample[]>): EvalReport {
  if (report.samples.kind === 'given') return report;
  return { ...report, samples, sampleIds: checkIds(report.sampleIds, samples) };
}

/** Returns the canonical number of a metric. */
export function findMetric(report: EvalReport, name: string): string | undefined {
  return report.metrics.find((metric) => metric.name === name)?.value;
}

/** What is stated must be what the samples give. */
function checkIds(stated: Reported<Sha256>, samples: Reported<readonly Sample[]>): Reported<Sha256> {
  if (samples.kind !== 'given') return stated;
  const computed = digestSampleIds(samples.value);
  if (stated.kind !== 'given' || stated.value === computed) return { kind: 'given', value: computed };
  return wrong('/sample_ids', `${computed}, the digest of the samples' ids`, stated.value);
}

function readDigest(value: JsonValue, pointer: string): Sha256 | Wrong {
  return isSha256(value) ? value : wrong(pointer, '64 lower-case hex digits', value);
}

/** Returns a reader of lower-case hex of certain lengths. */
function hex(pattern: RegExp, expected: string): (value: JsonValue, pointer: string) => string | Wrong {
  return (value, pointer) =>
    typeof value === 'string' && pattern.test(value) ? value : wrong(pointer, expected, value);
}

const readMd5 = hex(/^[0-9a-f]{32}(?:\.dir)?$/, '32 lower-case hex digits, for a folder with .dir');
const readSha = hex(/^[0-9a-f]{64}$/, '64 lower-case hex digits');
const readGitSha = hex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, '40 or 64 lower-case hex digits');

function readEvalSet(value: JsonValue, pointer: string): EvalSet | Wrong {
  return readTexts(value, pointer, { md5: readMd5, sha256: readSha, path: readText });
}

/** Of a bare text the length says what it is: 40 digits are git's, 64 a SHA-256. */
function readMetricCode(value: JsonValue, pointer: string): MetricCode | Wrong {
  if (typeof value === 'string') {
    const digest = readGitSha(value, pointer);
    if (isWrong(digest)) return digest;
    return digest.length === 40 ? { git_sha: digest } : { sha256: digest };
  }
  const code = readTexts(value, pointer, { sha256: readSha, git_sha: readGitSha });
  if (isWrong(code) || Object.keys(code).length > 0) return code;
  return wrong(pointer, 'a digest, or an object with sha256 or git_sha', value);
}

/** Reads an object of optional texts; other members are left alone. */
function readTexts<K extends string>(
  value: JsonValue,
  pointer: string,
  readers: Readonly<Record<K, (value: JsonValue, pointer: string) => string | Wrong>>,
): Partial<Record<K, string>> | Wrong {
  const names = Object.keys(readers) as K[];
  if (!isJsonObject(value)) return wrong(pointer, `an object with ${names.join(', ')}`, value);
  const texts: Partial<Record<K, string>> = {};
  for (const name of names) {
    const member = value.get(name);
    if (member === undefined) continue;
    const text = readers[name](member, pointerTo(pointer, name));
    if (isWrong(text)) return text;
    texts[name] = text;
  }
  return texts;
}

function readCounts(value: JsonValue, pointer: string): Counts | Wrong {
  if (!isJsonObject(value)) return wrong(pointer, 'an object with successes and n', value);
  const [successes, n] = [wholeNumber(value.get('successes')), wholeNumber(value.get('n'))];
  if (n === undefined || n < 1) return wrong(`${pointer}/n`, 'an integer of at least 1', value.get('n'));
  if (successes === undefined || successes > n)
    return wrong(`${pointer}/successes`, `an integer from 0 to ${n}`, value.get('successes'));
  return { successes, n };
}

function wholeNumber(value: JsonValue | undefined): number | undefined {
  const number = isJsonNumber(value) ? Number(value.text) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function readLatencies(value: JsonValue, pointer: string): readonly number[] | Wrong {
  const latencies = readNumbers(value, pointer);
  if (isWrong(latencies)) return latencies;
  const negative = latencies.findIndex((latency) => latency < 0);
  if (negative >= 0) return wrong(`${pointer}/${negative}`, 'milliseconds, 0 or more', String(latencies[negative]));
  return latencies;
}

function readSwitch(value: JsonValue, pointer: string): boolean | Wrong {
  return typeof value === 'boolean' ? value : wrong(pointer, 'true or false', value);
}
