/** Approvals: what was decided, and how it stands. */
import type { ApprovalRow, ApprovalStatus } from '../../operations/approvals.ts';
import type { ApproveResult } from '../../operations/approve.ts';
import { nameEntry } from './entry-name.ts';
import { renderApprovals, renderVerdicts } from './governed.ts';
import { renderMove } from './move.ts';
import type { Style } from './style.ts';

/** Returns what `approve` or `reject` did, how the approvals stand, and what came of the move. */
export function renderApproval(
  result: ApproveResult,
  andPromote: boolean,
  style: Style,
  width: number,
): readonly string[] {
  const { model, version, sha256, to, target, promoted } = result;
  const stage = target === to ? to : `${to}, by ${target}`;
  const name = `${style.bold(model)} ${nameEntry(version, sha256)} for ${stage}`;
  if (result.isThere) return [`nothing to do: ${style.bold(model)} ${nameEntry(version, sha256)} is in ${to}`];
  if (result.refused) return [`${style.red('refused')}: ${name}`, ...failing(result, style, width)];
  const moved = promoted === null ? [] : renderMove(promoted, style, width);
  const waits = andPromote && promoted === null && !result.dryRun ? [`not promoted: ${missing(result)}`] : [];
  return [
    `${deed(result)} ${name}`,
    ...renderApprovals(result.approvals).map((line) => `  ${line}`),
    ...waits,
    ...moved,
  ];
}

function failing({ verdicts }: ApproveResult, style: Style, width: number): readonly string[] {
  const failed = verdicts.filter(({ outcome }) => outcome === 'fail');
  const passed = verdicts.length - failed.length;
  return [...renderVerdicts(failed, style, width), `  ${passed} of ${verdicts.length} gates passed`];
}

function deed({ kind, changed, dryRun }: ApproveResult): string {
  const done = kind === 'approve' ? 'approved' : 'rejected';
  if (!changed) return `nothing to do: you have ${done}`;
  return dryRun ? `would be ${done}:` : done;
}

function missing({ approvals: { needed, counted, rejected } }: ApproveResult): string {
  if (rejected) return 'a rejection stands';
  const more = needed - counted.length;
  return `${more} more approval${more === 1 ? '' : 's'} needed`;
}

const STATUS: Readonly<Record<ApprovalStatus, string>> = {
  there: 'is there',
  waiting: 'waits for approvals',
  ready: 'may be promoted',
  rejected: 'rejected',
  failing: 'refused by gates',
  unjudged: 'could not be judged',
};

/** Returns a line for each entry and stage, and below it who has decided. */
export function renderApprovalRows(rows: readonly ApprovalRow[], style: Style): readonly string[] {
  return rows.flatMap(({ model, version, sha256, to, status, message, approvals }) => {
    const said = `${STATUS[status]}${message === null ? '' : ` (${message})`}`;
    const line = `${style.bold(`${model} ${nameEntry(version, sha256)}`)} for ${to}: ${said}`;
    return [line, ...renderApprovals(approvals).map((detail) => `  ${detail}`)];
  });
}
