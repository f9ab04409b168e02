/** What `push`, `pull`, `fetch`, `sync` and `status` say. */
import { exitCodeOf, type RegistryError, strongestExitCode } from '../../domain/errors.ts';
import type { FetchResult } from '../../operations/fetch.ts';
import type { PullResult } from '../../operations/pull.ts';
import type { PushResult } from '../../operations/push.ts';
import type { ModelStatus, StatusResult } from '../../operations/status.ts';
import type { SettledModel } from '../../operations/sync/carry-out.ts';
import { escapeControls } from './escape.ts';
import { formatBytes, formatCount } from './quantity.ts';
import type { Style } from './style.ts';

/** More lines than this say no more; `--json` has them all. */
const MOST = 20;

/** An issue as `--json` has it. */
export interface IssueDocument {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly exitCode: number;
}

/** Returns issues as data. */
export function issueDocuments(issues: readonly RegistryError[]): readonly IssueDocument[] {
  return issues.map(({ code, message, hint, data }) => ({
    code,
    message,
    hint: hint ?? null,
    data,
    exitCode: exitCodeOf(code),
  }));
}

/** Each model settles alone, the greatest cause wins (format §9). */
export function exitCodeOfIssues(issues: readonly RegistryError[]): number {
  return strongestExitCode(issues.map(({ code }) => exitCodeOf(code)));
}

/** Returns the lines of issues, those that differ in their message alone cut after some, and a line for odd names. */
export function issueNotes(issues: readonly RegistryError[], odd: readonly string[] = []): readonly string[] {
  const lines = issues
    .slice(0, MOST)
    .flatMap(({ code, message, hint }) => [
      `${code}: ${escapeControls(message)}`,
      ...(hint === undefined ? [] : [`  hint: ${escapeControls(hint)}`]),
    ]);
  const rest = issues.length - MOST;
  const more = rest <= 0 ? [] : [`and ${rest} more: --json lists all`];
  const [first] = odd;
  const left =
    first === undefined
      ? []
      : [`left alone: ${formatCount(odd.length, 'odd ref')}, e.g. ${escapeControls(first.slice(0, 80))}`];
  return [...lines, ...more, ...left];
}

/** Returns what a push sent. */
export function renderPush(result: PushResult, style: Style): readonly string[] {
  const { remote, logs, views, gtoTags, dryRun } = result;
  const settled = result.settled.flatMap((model) =>
    model.kind === 'current' || model.kind === 'ahead' ? [] : renderSettled(model, remote, style),
  );
  const verb = dryRun ? 'would push' : 'pushed';
  const sent = logs.map(({ model, events }) =>
    // No event is new where `--repair` puts a log back.
    events === 0
      ? `${dryRun ? 'would put back' : 'put back'} the log of ${style.bold(model)} on ${remote}`
      : `${verb} ${style.bold(model)} to ${remote}: ${formatCount(events, 'event')}`,
  );
  const refs = views === 0 ? [] : [`${verb} ${formatCount(views, 'ref')} of versions, stages and entries`];
  const tags =
    gtoTags === undefined || gtoTags.pushed === 0 ? [] : [`${verb} ${formatCount(gtoTags.pushed, 'GTO tag')}`];
  const weights = renderSent(result);
  const lines = [...settled, ...weights, ...sent, ...refs, ...tags];
  if (lines.length === 0 && result.issues.length > 0) return ['nothing pushed'];
  if (lines.length === 0) return [...nothingToPush(result, style), ...renderWhole(result)];
  const isWeightsAlone = lines.length === weights.length && result.issues.length === 0;
  return isWeightsAlone ? weights.map((line) => `nothing new to push; ${line}`) : [...lines, ...renderWhole(result)];
}

function nothingToPush({ remote, mirror }: PushResult, style: Style): readonly string[] {
  if (mirror === undefined) return [`nothing to push: ${remote} has every event`];
  const { of, ahead } = mirror;
  const more = ahead.map(
    ({ model, events }) => `${style.bold(model)}: ${formatCount(events, 'event')} on ${remote} that ${of} has not`,
  );
  return [...more, `nothing to push: ${remote} has all that ${of} had when it was last fetched`];
}

function renderSent({ weights, dryRun }: PushResult): readonly string[] {
  if (weights === null || weights.sent.length === 0) return [];
  const bytes = weights.sent.reduce((sum, object) => sum + object.bytes, 0);
  const what = `${formatCount(weights.sent.length, 'file')} of weights, ${formatBytes(bytes)}`;
  return [`${dryRun ? 'would send' : 'sent'} ${what}, to ${weights.remote}`];
}

/** What a look at the weights of all live entries found, where it found nothing to do. */
function renderWhole({ weights }: PushResult): readonly string[] {
  if (weights === null || weights.entries === 'new' || weights.sent.length > 0 || weights.lacking > 0) return [];
  if (weights.remote === null) return ['weights: no entry has any'];
  return [`weights: ${weights.present === 1 ? 'the file is' : `all ${weights.present} files are`} there`];
}

/** Returns what was left behind, and what sends it. */
export function weightsNotes({ remote, weightsLeft, logs }: PushResult): readonly string[] {
  if (weightsLeft === 0 || logs.length === 0) return [];
  return [`${formatCount(weightsLeft, 'file')} of weights left where they are: git registry push --weights ${remote}`];
}

function renderFetched({ weights }: PullResult): readonly string[] {
  if (weights === null) return [];
  const bytes = weights.fetched.reduce((sum, object) => sum + object.bytes, 0);
  if (weights.fetched.length === 0 && weights.failed.length === 0) return ['all weights are here'];
  const from = [...new Set(weights.fetched.map(({ remote }) => remote))].join(', ');
  const got = `fetched ${formatCount(weights.fetched.length, 'file')} of weights, ${formatBytes(bytes)}`;
  return [from === '' ? got : `${got}, from ${from}`];
}

/** Returns what is said where a setting cannot hold: a remote keeps the layout that its entries show. */
export function layoutNotes({ remote, layout, layoutWanted }: PushResult): readonly string[] {
  if (layoutWanted === undefined) return [];
  return [
    `${remote} is of layout ${layout} and stays so: ${layoutWanted}, as the settings ask, is for a new remote`,
    `  hint: git registry push NEW-REMOTE makes one, then name that as registry.remote (docs/sharing.md)`,
  ];
}

/** Returns what GTO could not be told. */
export function gtoNotes({ gtoTags }: PushResult): readonly string[] {
  const skipped = gtoTags?.skipped ?? [];
  const lines = skipped.slice(0, MOST).map(({ what, why }) => `no GTO tag for ${escapeControls(what)}: ${why}`);
  return skipped.length > MOST ? [...lines, `and ${skipped.length - MOST} more: --json lists all`] : lines;
}

/** Returns what a pull brought. */
export function renderPull(result: PullResult, style: Style): readonly string[] {
  const { remote, models, issues } = result;
  const lines = [...models.flatMap((model) => renderSettled(model, remote, style)), ...renderFetched(result)];
  if (lines.length > 0) return lines;
  return [issues.length === 0 ? `nothing to pull: ${remote} has nothing new` : 'nothing pulled'];
}

function renderSettled(settled: SettledModel, remote: string, style: Style): readonly string[] {
  const { model, kind, received, unpublished, lost, voided, dropped } = settled;
  const name = style.bold(model);
  const events = formatCount(received, 'event');
  switch (kind) {
    case 'current':
      return [];
    case 'ahead':
      return [`${name}: ${formatCount(unpublished, 'event')} to push`];
    case 'new':
      return [`${name}: new from ${remote}, ${events}`];
    case 'fast-forward':
      return [`${name}: ${events} from ${remote}`];
    case 'held':
      return [`${name}: left as it is`];
    case 'replay': {
      const facts = [
        `${events} from ${remote}`,
        lost ? 'ours gave way and is kept as lost' : `${unpublished} of yours after them`,
      ];
      if (voided.length > 0) facts.push(`${voided.length} void`);
      if (dropped.length > 0) facts.push(`${dropped.length} dropped as nothing new`);
      return [`${name}: ${facts.join(', ')}`];
    }
  }
}

/** Returns what a fetch brought. */
export function renderFetch({ remote, advanced, issues }: FetchResult, style: Style): readonly string[] {
  if (advanced.length === 0) return [issues.length === 0 ? `${remote} has nothing new` : 'nothing fetched'];
  return advanced.map(({ model, from, to }) => {
    const count = formatCount(to - from, 'event');
    return `${style.bold(model)}: ${from === 0 ? `new on ${remote}, ${count}` : `${count} on ${remote}`}`;
  });
}

/** Returns one screen. */
export function renderStatus(result: StatusResult, style: Style): readonly string[] {
  const { remote, known, models, lost, missingWeights } = result;
  const moved = models.filter(({ kind }) => kind !== 'current');
  const lines = moved.slice(0, MOST).map((model) => renderModel(model, remote, style));
  if (moved.length > MOST) lines.push(`and ${moved.length - MOST} more: --json lists all`);
  const same = models.length - moved.length;
  if (same > 0) lines.push(`${formatCount(same, 'model')} as on ${remote}`);
  for (const model of models.filter(({ heldBack }) => heldBack.length > 0).slice(0, MOST))
    lines.push(renderHeld(model, remote, style));
  if (models.length === 0) lines.push('no models');
  if (missingWeights.length > 0) {
    const bytes = missingWeights.reduce((sum, file) => sum + file.bytes, 0);
    lines.push(
      `${style.yellow('missing')} ${formatCount(missingWeights.length, 'file')} of weights, ${formatBytes(bytes)}: git registry pull --weights`,
    );
  }
  // Also after a pull that found a fault: what was verified before is what this rests on (format §7.4).
  lines.push(
    known
      ? `as of the last good fetch; git registry fetch ${remote} looks again`
      : `nothing is known of ${remote} yet: git registry fetch`,
  );
  for (const { model, ref } of lost.slice(0, MOST))
    lines.push(`${style.yellow('lost')} ${model}: kept until you drop it: git update-ref -d ${ref}`);
  return lines;
}

function renderHeld({ model, heldBack }: ModelStatus, remote: string, style: Style): string {
  const [first] = heldBack;
  const needs = first === undefined ? '' : `: ${first.sha256.slice(0, 12)} needs ${first.relation.slice(0, 12)}`;
  return `${style.yellow('held back')} ${style.bold(model)}: ${remote} would lack a parent or an input${needs}`;
}

function renderModel({ model, kind, ahead, behind, others }: ModelStatus, remote: string, style: Style): string {
  const name = style.bold(model);
  switch (kind) {
    case 'current':
      return `${name}: as on ${remote}`;
    case 'unpublished':
      return `${name}: not on ${remote}, ${formatCount(ahead, 'event')} to push`;
    case 'not-pulled':
      return `${name}: on ${remote} alone, ${formatCount(behind, 'event')} to pull`;
    case 'collides':
      return `${name}: on ${remote} alone, its name is taken here`;
    case 'ahead':
      return `${name}: ${formatCount(ahead, 'event')} to push`;
    case 'behind':
      return `${name}: ${formatCount(behind, 'event')} to pull`;
    case 'diverged': {
      const whose = others.length === 0 ? '' : `; some by ${others.slice(0, 3).join(', ')}: pull will leave it alone`;
      return `${name}: ${style.yellow('diverged')}, ${ahead} here, ${behind} on ${remote}${whose}`;
    }
  }
}
