/**
 * Judges a push for a server (format §5-§6): each pushed log against the one that is there, then each view against the
 * logs as they stand after the push. Every log is folded once, whatever the number of its views.
 */
import { judgeView } from '../domain/judge-view.ts';
import type { ModelName } from '../domain/model-name.ts';
import { type PushRefusal, refusal } from '../domain/push-refusal.ts';
import type { AcceptedRef, PushedRefs } from '../ports/pushed-refs.ts';
import { cappedObjects } from './capped-objects.ts';
import { type HeldLog, judgeLogs } from './judge-logs.ts';
import { LogsAfterPush } from './logs-after-push.ts';
import { explainMoved, type Pushed, type PushedRef, sortPush, type ViewKey } from './pushed-ref.ts';
import type { Workspace } from './workspace.ts';

/** What a push may do. Refs that are no business of a registry are in neither list. */
export interface PushVerdict {
  readonly accepted: readonly AcceptedRef[];
  readonly refused: readonly { readonly name: string; readonly refusal: PushRefusal }[];
  /** Events without effect (format §6.3), by the ref of their log. */
  readonly ineffective: readonly { readonly name: string; readonly message: string }[];
}

/** The most that an entry keeps in git (format §3.6); no object of a registry is larger. */
const LARGEST_OBJECT = 256 * 1024 * 1024;

/** Judges. Reads in the quarantine of the push where the environment names one; writes nothing but caches of what was there before. */
export async function judgePush(
  opened: Workspace,
  names: PushedRefs,
  refs: readonly PushedRef[],
): Promise<PushVerdict> {
  const workspace = { ...opened, objects: cappedObjects(opened.objects, LARGEST_OBJECT) };
  const after = new LogsAfterPush(workspace);
  const { logs, views, refused: foreign } = sortPush(names, refs);
  const { held, refused: badLogs } = await judgeLogs(workspace, logs, after);
  const refused = new Map([...foreign, ...badLogs]);
  const accepted: AcceptedRef[] = [];
  for (const log of held.values()) accepted.push(accept(log, held, await modelsNeededBy(log, after)));
  await after.load(
    views.flatMap(({ key, next }) => (key.kind === 'entry' && next !== null ? [{ ...key, commit: next }] : [])),
  );
  for (const view of views) {
    const judged = await judgeOne(workspace, view, after);
    if (judged.kind === 'refused') refused.set(view.name, judged.refusal);
    else accepted.push(accept(view, held, judged.rests));
  }
  return {
    accepted,
    refused: [...refused].map(([name, why]) => ({ name, refusal: why })),
    ineffective: [...held.values()].flatMap(({ name, ineffective }) =>
      ineffective.map((message) => ({ name, message })),
    ),
  };
}

/** Accepts a ref on the condition that the pushed logs it rests on stand where the push puts them. */
function accept(
  { name, old, next }: PushedRef,
  held: ReadonlyMap<ModelName, HeldLog>,
  rests: readonly ModelName[],
): AcceptedRef {
  const logs = rests.flatMap((model) => held.get(model) ?? []);
  return { name, old, next, logs: logs.map((log) => ({ name: log.name, old: log.old, next: log.next })) };
}

async function modelsNeededBy({ key, needs }: HeldLog, after: LogsAfterPush): Promise<readonly ModelName[]> {
  const models = new Set<ModelName>();
  for (const { sha256 } of needs) {
    const found = await after.findEntry(sha256);
    if (found !== undefined && found.model !== key.model) models.add(found.model);
  }
  return [...models];
}

type JudgedView =
  | { readonly kind: 'refused'; readonly refusal: PushRefusal }
  /** The models whose logs give it, or say that it goes. */
  | { readonly kind: 'accepted'; readonly rests: readonly ModelName[] };

async function judgeOne(workspace: Workspace, view: Pushed<ViewKey>, after: LogsAfterPush): Promise<JudgedView> {
  const { key, old, next } = view;
  const found = key.kind === 'entry' ? await after.findEntry(key.sha256) : await after.find(key);
  const why =
    (await explainMoved(workspace, view)) ??
    judgeView({ key, current: old, next, given: found?.target ?? null }) ??
    (await explainDeletion(view, after));
  if (why !== undefined) return { kind: 'refused', refusal: why };
  if (found !== undefined) return { kind: 'accepted', rests: [found.model] };
  return { kind: 'accepted', rests: 'model' in key ? [key.model] : [] };
}

/** A log that does not hold gives nothing, which is no leave to delete. */
async function explainDeletion({ key, next }: Pushed<ViewKey>, after: LogsAfterPush): Promise<PushRefusal | undefined> {
  if (next !== null || !('model' in key) || (await after.isReadable(key.model))) return undefined;
  return refusal('log-unreadable', 'the log of its model does not hold');
}
