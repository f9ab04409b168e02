/** `improve`: better than what is in production, exactly or at a confidence. */
import type { ImproveQuestion } from '../domain/improvement/question.ts';
import type { ImproveRule } from '../domain/policy.ts';
import { readTarget } from '../domain/selector.ts';
import { isSlotName } from '../domain/state.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';
import { readSampledReport } from './read-report.ts';

/** The entry in the slot before the move is the baseline; several rules are held to one confidence. */
export const improveGate: Gate = {
  name: 'improve',
  says: 'improve: {metric, by, over, direction, confidence, margin, baseline}, or a list: better than another entry',
  basis: 'content',
  isAsked: (rules) => rules.improve !== undefined,
  judge: async ({ improve = [] }, inputs) => {
    // Narrowed the other way round, a readonly array stays in the union.
    const rules = 'metric' in improve ? [improve] : improve;
    const read = await Promise.all(rules.map((rule) => readQuestion(rule, inputs)));
    const { judgeImprovements } = await import('../domain/improvement/judge-improvements.ts');
    const judged = [...judgeImprovements(read.flatMap((item) => ('rule' in item ? [item] : [])))];
    return read.flatMap((item) => ('rule' in item ? (judged.shift() ?? []) : [item]));
  },
};

/** Returns what is to be judged, or the verdict where there is nothing to judge. */
async function readQuestion(rule: ImproveRule, inputs: GateInputs): Promise<ImproveQuestion | GateVerdict> {
  const { over: spec = 'production', baseline: need = 'required' } = rule;
  const verdict = (method: string, outcome: 'pass' | 'fail'): GateVerdict => {
    return { gate: 'improve', metric: rule.metric, method, outcome };
  };
  const baseline = await inputs.findEntry(spec);
  // A slot may be empty; a name of an entry that names none is a mistake, which must not pass.
  if (baseline === undefined && !isSlot(spec)) return verdict(`over: ${spec} names no entry`, 'fail');
  if (baseline === undefined || baseline.sha256 === inputs.candidate.sha256) {
    const why = baseline === undefined ? `there is no ${spec}` : `${spec} is the candidate itself`;
    return verdict(`${why}: no baseline, which is ${need}`, need === 'optional' ? 'pass' : 'fail');
  }
  const over = `${spec} ${baseline.sha256.slice(0, 12)}`;
  const [ours, theirs] = [await readSampledReport(inputs, inputs.candidate), await readSampledReport(inputs, baseline)];
  if (ours.kind === 'missing') return verdict(ours.problem, 'fail');
  if (theirs.kind === 'missing') return verdict(`${over}: ${theirs.problem}`, 'fail');
  return { rule, candidate: ours, baseline: theirs, over };
}

function isSlot(spec: string): boolean {
  return isSlotName(spec) && readTarget(spec, new Set()).length === 0;
}
