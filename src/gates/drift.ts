/** `drift`: the data of today against those that the model was trained on, histogram by histogram. */
import { parseJson } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import { readHistograms } from '../domain/histogram.ts';
import type { Histograms } from '../domain/judge-drift.ts';
import type { DriftRule } from '../domain/policy.ts';
import { type Reported, reported } from '../domain/reported.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';
import { type Missing, REPORT_FILE, readBundleJson, readReport } from './read-report.ts';

const REFERENCE_FILE = 'reference_histograms.json';

/** The reference is registered with the entry, so that nobody can move it afterwards. */
export const driftGate: Gate = {
  name: 'drift',
  says: 'drift: {file, psi, js, ks, wasserstein}: histograms in a file are no further from the registered ones',
  basis: 'content',
  isAsked: (rules) => rules.drift !== undefined,
  judge: async ({ drift: rule }, inputs) => (rule === undefined ? [] : judgeRule(rule, inputs)),
};

async function judgeRule(rule: DriftRule, inputs: GateInputs): Promise<readonly GateVerdict[]> {
  const reference = await readReference(inputs);
  const current = await readCurrent(rule.file, inputs);
  if (reference.kind === 'missing') return [missing(reference)];
  if (current.kind === 'missing') return [missing(current)];
  const { judgeDrift } = await import('../domain/judge-drift.ts');
  return judgeDrift(rule, reference.value, current.value);
}

function missing({ problem }: Missing): GateVerdict {
  return { gate: 'drift', method: problem, outcome: 'fail' };
}

type Read = { readonly kind: 'given'; readonly value: Histograms } | Missing;

async function readReference(inputs: GateInputs): Promise<Read> {
  const read = await readReport(inputs, inputs.candidate);
  if (read.kind === 'report' && read.report.histograms.kind !== 'absent')
    return toRead(read.report.histograms, REPORT_FILE);
  const beside = await readBundleJson(inputs, inputs.candidate, REFERENCE_FILE);
  if (beside.kind === 'json') return toRead(reported(readHistograms(beside.json, '')), REFERENCE_FILE);
  return { kind: 'missing', problem: `${beside.problem}, and ${REPORT_FILE} no histograms` };
}

async function readCurrent(file: string, inputs: GateInputs): Promise<Read> {
  const bytes = await inputs.readProjectFile(file);
  if (bytes === undefined) return { kind: 'missing', problem: `the project has no ${file} where its policy is` };
  try {
    return toRead(reported(readHistograms(parseJson(bytes, file), '')), file);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'bad-json') throw error;
    return { kind: 'missing', problem: `${file} is no strict JSON` };
  }
}

function toRead(histograms: Reported<Histograms>, file: string): Read {
  if (histograms.kind === 'given') return histograms;
  const problem = histograms.kind === 'wrong' ? `${histograms.pointer}: ${histograms.problem}` : 'no histograms';
  return { kind: 'missing', problem: `${file} ${problem}` };
}
