/** Policy in words. */
import type { PolicyCheckResult } from '../../operations/policy-check.ts';
import type { PolicyShowResult, StagePolicy } from '../../operations/policy-show.ts';
import { escapeControls } from './escape.ts';
import { renderKeyValues } from './key-values.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** Returns where the policy was read, and a row a stage. */
export function renderPolicy(result: PolicyShowResult, style: Style, width: number): readonly string[] {
  const columns = [
    { title: 'STAGE', look: (look: Style, cell: string) => look.bold(cell) },
    { title: 'GATES', least: 20 },
    { title: 'APPROVALS' },
    { title: 'WHO', least: 12 },
  ];
  const rows = result.stages.map(({ stage, rules, allowed }) => [
    stage,
    [...Object.keys(rules.gates), ...(rules.required === undefined ? [] : ['required'])].join(', ') || '-',
    rules.approvals === undefined ? '-' : `${rules.approvals.count}${rules.approvals.signed ? ', signed' : ''}`,
    allowed === null ? 'anybody' : allowed.join(', '),
  ]);
  return [`policy of ${style.bold(result.model)}: ${sourceOf(result)}`, ...renderTable(columns, rows, style, width)];
}

/** Returns what each stage takes, key by key. */
export function renderExplained({ model, stages }: PolicyShowResult, style: Style): readonly string[] {
  return stages.flatMap((stage) => [
    stage.stage === 'rollback'
      ? `To roll ${style.bold(model)} back to what served before:`
      : `To move an entry of ${style.bold(model)} to ${style.bold(stage.stage)}:`,
    ...renderKeyValues(explain(stage), style).map((line) => `  ${line}`),
  ]);
}

/** Returns what is odd about where the policy was read, for stderr. */
export function policySourceNotes({ source, differs }: PolicyShowResult): readonly string[] {
  if (!differs) return [];
  if (source.kind === 'work-tree') return ['registry.yaml is not committed: its rules hold in this clone alone'];
  return [
    `registry.yaml here differs from that of ${source.kind === 'commit' ? source.name : 'the commit'}, which decides`,
  ];
}

/** Returns a line a remark, and a summary. */
export function renderPolicyCheck({ file, ok, remarks }: PolicyCheckResult, style: Style): readonly string[] {
  const lines = remarks.map(({ severity, pointer, message }) => {
    const word = severity === 'error' ? style.red(severity) : style.yellow(severity);
    return `${word} ${escapeControls(`${file} ${pointer}: ${message}`)}`;
  });
  return [...lines, ...(ok ? [`ok: ${file} holds together`] : [])];
}

function sourceOf({ source, sha256 }: PolicyShowResult): string {
  if (source.kind === 'defaults') return 'defaults, there is no registry.yaml';
  const where = source.kind === 'commit' ? `registry.yaml of ${source.name}` : 'registry.yaml of the work tree';
  return `${where} (${sha256?.slice(0, 12) ?? ''})`;
}

function explain({
  rules,
  from,
  allowed,
  emergency,
  afterTransition,
}: StagePolicy): readonly (readonly [string, readonly string[] | string | undefined])[] {
  const { gates, required, approvals } = rules;
  const gateLines = Object.entries(gates).map(([gate, value]) => `${gate}: ${describe(value)}`);
  return [
    ['from', from === null ? undefined : from.join(' or ') || 'nowhere'],
    ['annotations', required?.annotations],
    ['gates', gateLines.length === 0 ? 'none' : gateLines],
    ['approvals', approvals === undefined ? 'none' : describeApprovals(approvals)],
    ['who', allowed === null ? 'anybody who may push' : allowed],
    [
      'emergency',
      emergency.length === 0 ? 'nobody goes past this' : [`past all of this, with a reason: ${emergency.join(', ')}`],
    ],
    ['then runs', afterTransition ?? undefined],
  ];
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return escapeControls(JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ').replaceAll(':', ': '));
}

function describeApprovals({ count, from, signed }: NonNullable<StagePolicy['rules']['approvals']>): readonly string[] {
  const who = from === undefined ? 'anybody' : from.join(', ');
  return [
    `${count} ${count === 1 ? 'person' : 'different people'} of ${who}`,
    'not whoever registered it; bound to these rules, its content and its gate report',
    ...(signed === true ? ['signed with a key of the allowed signers'] : []),
  ];
}
