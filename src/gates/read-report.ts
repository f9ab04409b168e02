/** The eval report of an entry, as gates read it. */
import type { JsonValue } from '../domain/canonical-json.ts';
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { type EvalReport, readEvalReport, withSamples } from '../domain/eval-report.ts';
import { readSampleLines, SAMPLES_FILE } from '../domain/eval-samples.ts';
import { reported } from '../domain/reported.ts';
import type { GateInputs, JudgedEntry } from '../ports/gate.ts';

/** The file of a bundle that holds its metrics. */
export const REPORT_FILE = 'eval_report.json';

/** Why something cannot be judged: a verdict's method. */
export interface Missing {
  readonly kind: 'missing';
  readonly problem: string;
}

/** Reads a JSON file of a bundle; `missing` where there is none, or it is no strict JSON. Throws `weights-missing`. */
export async function readBundleJson(
  inputs: GateInputs,
  entry: JudgedEntry,
  path: string,
): Promise<{ readonly kind: 'json'; readonly json: JsonValue } | Missing> {
  try {
    const json = await inputs.readJson(entry, path);
    return json === undefined ? { kind: 'missing', problem: `the bundle has no ${path}` } : { kind: 'json', json };
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'bad-json') throw error;
    return { kind: 'missing', problem: `${path} of the bundle is no strict JSON` };
  }
}

/** Reads the report of an entry, without samples that lie beside it. Throws `weights-missing`. */
export async function readReport(
  inputs: GateInputs,
  entry: JudgedEntry,
): Promise<{ readonly kind: 'report'; readonly report: EvalReport } | Missing> {
  const read = await readBundleJson(inputs, entry, REPORT_FILE);
  return read.kind === 'missing' ? read : { kind: 'report', report: readEvalReport(read.json) };
}

/** Reads the report of an entry with all its samples, and the digests of the files that they were in. */
export async function readSampledReport(
  inputs: GateInputs,
  entry: JudgedEntry,
): Promise<{ readonly kind: 'report'; readonly report: EvalReport; readonly files: readonly Sha256[] } | Missing> {
  const read = await readReport(inputs, entry);
  if (read.kind === 'missing') return read;
  const inline = read.report.samples.kind === 'given';
  const lines = inline ? undefined : await inputs.readFile(entry, SAMPLES_FILE);
  const paths = lines === undefined ? [REPORT_FILE] : [REPORT_FILE, SAMPLES_FILE];
  const files = paths.flatMap((path) => entry.manifest.files.find((file) => file.path === path)?.sha256 ?? []);
  if (lines === undefined) return { ...read, files };
  return { kind: 'report', report: withSamples(read.report, reported(readSampleLines(lines))), files };
}
