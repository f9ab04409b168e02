/**
 * What is triggered by a move that was made here: git's hook, then the command that registry.yaml names for the stage. Both
 * get the event. The move is made: whatever becomes of them, it stands.
 */
import type { ObjectId } from '../domain/digest.ts';
import { rulesFor } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { LoggedEvent, RegistryEvent } from '../domain/event.ts';
import { stageOf } from '../domain/state.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { ProgramCall, ProgramEnd } from '../ports/local-programs.ts';
import { findModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** The git hook. */
export const TRANSITION_HOOK = 'registry-post-transition';
/** How long each may take. */
export const TRANSITION_SECONDS = 60;

/** What became of one of them. */
export interface AfterTransition {
  readonly kind: 'hook' | 'command';
  /** The hook's name, or the command as registry.yaml has it. */
  readonly name: string;
  /** `not-allowed`: the user has not allowed what this registry.yaml names; nothing was run. */
  readonly outcome: 'done' | 'failed' | 'timed-out' | 'not-started' | 'not-allowed';
  /** Of one that ended by itself. */
  readonly exitCode: number | null;
  /** Why it was not started; the digest to allow. */
  readonly detail: string | null;
}

/** A move that was made. */
export interface Transition {
  readonly event: LoggedEvent;
  /** Whether others can see it; null where there is nowhere to publish to. */
  readonly published: boolean | null;
  /** Called before each program. */
  onStart?(name: string): void;
}

type StageEvent = Extract<RegistryEvent, { readonly kind: 'stage' }>;

/** What became of a move: publishing it may have found that somebody else's came first (format §7.3). */
export interface MoveFate {
  /** The event as the log has it now, for a replay renews its place; absent where it does not count, or something moved since. */
  readonly event?: LoggedEvent;
  /** The entry is where it was moved to, by this event or by somebody else's that says the same. */
  readonly isThere: boolean;
}

/** Returns what became of a move that was made. */
export async function fateOfMove(workspace: Workspace, logged: LoggedEvent): Promise<MoveFate> {
  const { event, digest } = logged;
  if (event.kind !== 'stage') return { isThere: false };
  const state = (await findModel(workspace, event.model))?.state;
  const entry = state?.entries.get(event.sha256);
  const isThere = entry !== undefined && stageOf(entry) === event.to;
  if (entry?.staged?.event !== event.id || entry.replaced !== undefined) return { isThere };
  const now = state?.lastDigest === digest ? logged : await readEvent(workspace, entry.staged.commit);
  return { isThere, ...(now === undefined ? {} : { event: now }) };
}

async function readEvent(workspace: Workspace, commit: ObjectId): Promise<LoggedEvent | undefined> {
  const { decodeEvent, eventJsonOf } = await import('../schema/decode-event.ts');
  const text = decodeUtf8((await workspace.objects.find(commit))?.body ?? new Uint8Array()) ?? '';
  const json = eventJsonOf(text.slice(text.indexOf('\n\n') + 2));
  const decoded = json === undefined ? undefined : decodeEvent(json);
  return decoded?.kind === 'event' ? decoded.logged : undefined;
}

/** Runs what there is to run, one after the other. Never rejects for a fault: the move is made, and that is what the answer is about. */
export async function afterTransition(
  workspace: Workspace,
  transition: Transition,
): Promise<readonly AfterTransition[]> {
  const ran: AfterTransition[] = [];
  try {
    await runAll(workspace, transition, ran);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code === 'bug') throw error;
    ran.push({
      kind: 'command',
      name: 'after_transition',
      outcome: 'not-started',
      exitCode: null,
      detail: error.message,
    });
  }
  return ran;
}

async function runAll(
  workspace: Workspace,
  { event: logged, published, onStart }: Transition,
  ran: AfterTransition[],
): Promise<void> {
  const { event, json } = logged;
  if (event.kind !== 'stage') return;
  const programs = await workspace.programs();
  const hook = await programs.findHook(TRANSITION_HOOK);
  const run = async (of: Pick<AfterTransition, 'kind' | 'name'>, file: string): Promise<void> => {
    onStart?.(of.name);
    ran.push({ ...of, ...describeEnd(await programs.run(callOf(file, event, json, published))) });
  };
  if (hook !== undefined) await run({ kind: 'hook', name: TRANSITION_HOOK }, hook);
  // What is allowed and what is run must be of the same bytes.
  const governing = await workspace.settings.governing();
  const { afterTransition: commands } = rulesFor(governing.policy, event.model);
  const keys = event.cause === 'rollback' ? ['rollback', event.to] : [event.to];
  const key = keys.find((candidate) => Object.hasOwn(commands, candidate));
  const name = key === undefined ? undefined : commands[key];
  if (name === undefined) return;
  const command = { kind: 'command' as const, name };
  const digest = governing.file?.sha256;
  const file = programs.locate(name);
  if (digest === undefined || !(await programs.isAllowed(digest)))
    ran.push({ ...command, outcome: 'not-allowed', exitCode: null, detail: digest ?? null });
  else if (file === undefined)
    ran.push({
      ...command,
      outcome: 'not-started',
      exitCode: null,
      detail: 'expected a path from the top of the work tree',
    });
  else await run(command, file);
}

function describeEnd(end: ProgramEnd): Pick<AfterTransition, 'outcome' | 'exitCode' | 'detail'> {
  if (end.kind === 'timed-out') return { outcome: 'timed-out', exitCode: null, detail: null };
  if (end.kind === 'not-started') return { outcome: 'not-started', exitCode: null, detail: end.why };
  return { outcome: end.exitCode === 0 ? 'done' : 'failed', exitCode: end.exitCode, detail: null };
}

/** The event's JSON as the log has it, and a line feed; the same in words that a shell script can use as they are. */
function callOf(file: string, event: StageEvent, json: string, published: boolean | null): ProgramCall {
  return {
    file,
    input: `${json}\n`,
    milliseconds: TRANSITION_SECONDS * 1000,
    environment: {
      REGISTRY_EVENT: event.id,
      REGISTRY_MODEL: event.model,
      REGISTRY_SHA256: event.sha256,
      REGISTRY_VERSION: event.version ?? '',
      REGISTRY_FROM: event.from ?? '',
      REGISTRY_TO: event.to,
      REGISTRY_CAUSE: event.cause ?? 'promote',
      REGISTRY_REPLACED: event.replaced ?? '',
      REGISTRY_PUBLISHED: String(published ?? false),
    },
  };
}
