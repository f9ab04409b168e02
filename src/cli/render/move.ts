/** What `promote`, `demote`, `archive` and `rollback` did, in a line or two. */
import type { MoveResult } from '../../operations/stage-moves.ts';
import { nameEntry, shortSha } from './entry-name.ts';
import { renderLeave, renderRefusal } from './governed.ts';
import type { Style } from './style.ts';

/** Returns the lines: the version that was given and why, then where the entry stands and whom it replaced. */
export function renderMove(result: MoveResult, style: Style, width = Number.POSITIVE_INFINITY): readonly string[] {
  const { governed } = result;
  if (governed?.refused) {
    const name = style.bold([result.model, result.version ?? []].flat().join(' '));
    return renderRefusal(governed, `${name} ${shortSha(result.sha256)}`, governed.to, style, width);
  }
  if (!result.changed) return [`nothing to do: ${standing(result, style)}`];
  const would = result.dryRun ? 'would be: ' : '';
  return [
    ...versionLines(result, style, would),
    ...stageLines(result, style, would),
    ...(governed === undefined ? [] : renderLeave(governed)),
  ];
}

function standing({ model, version, sha256, stage }: MoveResult, style: Style): string {
  const name = style.bold([model, version ?? []].flat().join(' '));
  const where = stage === null ? [] : [stage === 'archived' ? stage : `in ${stage}`];
  return [version === null ? `${name} ${shortSha(sha256)}` : `${name} is ${shortSha(sha256)}`, ...where].join(', ');
}

function versionLines(result: MoveResult, style: Style, would: string): readonly string[] {
  if (!result.versionGiven || result.version === null) return [];
  const line = `${would}${style.bold(`${result.model} ${result.version}`)}  ${shortSha(result.sha256)}`;
  return [line, ...(result.reason === undefined ? [] : [`  ${result.reason}`])];
}

function stageLines(result: MoveResult, style: Style, would: string): readonly string[] {
  const { model, sha256, version, stage, from, replaced, replacedVersion } = result;
  // A candidate that got a version starts in development: that goes without saying.
  if (stage === from || stage === null || (from === null && stage === 'development')) return [];
  const verb = result.dryRun ? 'replacing' : 'replaced';
  const before = replaced === null ? '' : `, ${verb} ${nameEntry(replacedVersion, replaced)}`;
  return [
    `${would}${style.bold(`${model} ${stage}`)}: ${nameEntry(version, sha256)}${before}`,
    // What it left is as much news as where it went: nothing serves there now.
    ...(isSlot(from) ? [`${would}${style.bold(`${model} ${from}`)}: empty`] : []),
  ];
}

function isSlot(stage: string | null): stage is string {
  return stage !== null && stage !== 'development' && stage !== 'archived';
}
