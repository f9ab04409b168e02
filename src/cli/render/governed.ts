/** How policy decided a move: each failing gate with its value and threshold, and how the approvals stand. */
import type { ApprovalFault, ApprovalStanding } from '../../domain/approval.ts';
import type { ReportedVerdict } from '../../domain/gate-report.ts';
import type { Governed } from '../../operations/gates/govern-move.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const FAULTS: Readonly<Record<ApprovalFault, string>> = {
  withdrawn: 'withdrawn',
  'stale-policy': 'of another policy',
  'stale-report': 'of other evidence',
  registrar: 'registered it',
  'not-listed': 'not on the list',
  unsigned: 'not signed by an allowed key',
  'same-person': 'counted already',
};

/** Returns the table of verdicts, those that fail first. */
export function renderVerdicts(verdicts: readonly ReportedVerdict[], style: Style, width: number): readonly string[] {
  if (verdicts.length === 0) return [];
  const order = { fail: 0, escalate: 1, pass: 2 } as const;
  const rows = [...gatherPasses(verdicts)]
    .sort((a, b) => order[a.outcome] - order[b.outcome])
    .map(({ gate, metric, value, threshold, method, outcome }) => [
      outcome,
      gate,
      metric ?? '',
      value ?? '',
      threshold ?? '',
      method,
    ]);
  const columns = [
    { title: 'outcome', look: (look: Style, cell: string) => (/^fail/.test(cell) ? look.red(cell) : cell) },
    { title: 'gate' },
    { title: 'metric' },
    { title: 'value', align: 'right' as const },
    { title: 'threshold', align: 'right' as const },
    { title: 'method', least: 20 },
  ];
  return renderTable(columns, rows, style, width).map((line) => `  ${line}`);
}

/** More passing metrics of one gate than this are told in one row. */
const MANY = 3;

/** What fails is told metric by metric; of what passes by a glob the number is enough (`--json` has all). */
function gatherPasses(verdicts: readonly ReportedVerdict[]): readonly ReportedVerdict[] {
  const groups = new Map<string, ReportedVerdict[]>();
  for (const verdict of verdicts) {
    const key = `${verdict.outcome} ${verdict.gate}`;
    groups.set(key, [...(groups.get(key) ?? []), verdict]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first?.outcome !== 'pass' || group.length <= MANY) return group;
    const { value: _value, ...rest } = first;
    return [{ ...rest, metric: `${group.length} metrics` }];
  });
}

/** Returns who approved, and why an approval does not count. */
export function renderApprovals({ needed, given, counted, rejected }: ApprovalStanding): readonly string[] {
  if (needed === 0 && given.length === 0) return [];
  const lines = given.map(({ kind, name, email, at, fault }) => {
    const why = fault === undefined ? '' : `: does not count, ${FAULTS[fault]}`;
    return `  ${kind === 'approve' ? 'approved' : 'rejected'} by ${name} <${email}> at ${at}${why}`;
  });
  const more = needed - counted.length;
  const missing = more > 0 ? `, ${more} more needed` : '';
  return [`approvals: ${counted.length} of ${needed}${missing}${rejected ? ', and a rejection stands' : ''}`, ...lines];
}

/** Returns what a refused move says. */
export function renderRefusal(
  governed: Governed,
  name: string,
  to: string,
  style: Style,
  width: number,
): readonly string[] {
  const failing = governed.verdicts.filter(({ outcome }) => outcome !== 'pass');
  const passed = governed.verdicts.length - failing.length;
  return [
    `${style.red('refused')}: ${name} to ${to}`,
    ...renderVerdicts(failing, style, width),
    ...(governed.verdicts.length === 0 ? [] : [`  ${passed} of ${governed.verdicts.length} gates passed`]),
    ...renderApprovals(governed.approvals),
  ];
}

/** Returns one line on what let a move through; none where nothing was asked. */
export function renderLeave({ verdicts, approvals, emergency }: Governed): readonly string[] {
  if (emergency) return ['  emergency: past gates and approvals, and marked in the history'];
  const gates = verdicts.length === 0 ? [] : [`${verdicts.length} gate${verdicts.length === 1 ? '' : 's'} passed`];
  const counted = approvals.given.filter(({ event }) => approvals.counted.includes(event)).map(({ name }) => name);
  const people = counted.length === 0 ? [] : [`approved by ${counted.join(', ')}`];
  const words = [...gates, ...people];
  return words.length === 0 ? [] : [`  ${words.join('; ')}`];
}

/** Returns what is odd about the policy that decided, for stderr. */
export function policyNotes({ policy, verdicts, approvals }: Governed): readonly string[] {
  if (!policy.differs) return [];
  if (policy.source.kind === 'commit')
    return [`registry.yaml here differs from that of ${policy.source.name}, which decides`];
  return verdicts.length + approvals.needed === 0
    ? []
    : ['registry.yaml is not committed: its rules hold in this clone alone'];
}
