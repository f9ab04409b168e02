/** What becomes of one event of ours at its turn, judged on the state that it would be appended to (format §7.3). */
import type { RegistryEvent } from '../event.ts';
import { changesNothing } from '../idempotence.ts';
import type { ModelState } from '../state.ts';
import { type Objection, objectionTo, type Turn } from './objection.ts';
import type { AlterReason, DropReason, Opponent } from './settlement.ts';

/** Replayed, perhaps as another event under the same id; left out; or void. */
export type Fate =
  | {
      readonly kind: 'keep';
      readonly event: RegistryEvent;
      readonly reasons: readonly AlterReason[];
      readonly other?: Opponent;
    }
  | { readonly kind: 'drop'; readonly reason: DropReason }
  | Objection;

/** Returns what becomes of an event, as far as the rules of replay go; whether it has an effect is the fold's to say. */
export function fateOf(event: RegistryEvent, turn: Turn): Fate {
  const { state } = turn;
  if (state.ids.has(event.id)) return { kind: 'drop', reason: 'on-remote' };
  if (turn.voided.has(event.id)) return { kind: 'drop', reason: 'voided-on-remote' };
  if (event.kind === 'create' || changesNothing(state, event)) return dropOrAnnotate(event, turn);
  return objectionTo(event, turn) ?? keep(event, turn);
}

/** What a dropped event says about its entry or model, and the remote lacks, becomes an `annotate` in its place. */
function dropOrAnnotate(event: RegistryEvent, turn: Turn): Fate {
  const said = event.kind === 'create' || event.kind === 'register' ? unsaid(event, turn.state) : {};
  if (Object.keys(said).length === 0) return { kind: 'drop', reason: 'changes-nothing' };
  const { v, id, seq, prev, at, by, onBehalfOf, model } = event;
  const behalf = onBehalfOf === undefined ? {} : { onBehalfOf };
  const about = event.kind === 'register' ? { sha256: event.sha256 } : {};
  const body = { kind: 'annotate', ...about, set: said, unset: [] } as const;
  return adopt({ v, id, seq, prev, at, by, ...behalf, model, ...body }, turn, ['became-annotate']);
}

function unsaid(
  event: Extract<RegistryEvent, { kind: 'create' | 'register' }>,
  state: ModelState,
): Readonly<Record<string, string>> {
  const about = event.kind === 'create' ? state : state.entries.get(event.sha256);
  const { description } = event;
  const described = description === undefined || about?.description !== undefined ? {} : { description };
  const said = { ...(event.kind === 'create' ? event.tags : {}), ...described };
  return Object.fromEntries(Object.entries(said).filter(([key]) => !Object.hasOwn(about?.annotations ?? {}, key)));
}

function keep(event: RegistryEvent, turn: Turn): Fate {
  const given = event.kind === 'register' && event.version && turn.state.versions.get(event.version);
  const entry = event.kind === 'register' ? turn.state.entries.get(event.sha256) : undefined;
  // A version that fails alone: what is registered already would fail without it too.
  if (!given || event.kind !== 'register' || entry?.status === 'registered') return adopt(event, turn, []);
  const { version: _taken, ...rest } = event;
  return adopt(rest, turn, ['version-taken'], { event: given.given.event, sha256: given.sha256 });
}

/** Somebody else's event becomes the runner's, on behalf of who first did it. */
function adopt(event: RegistryEvent, { context }: Turn, reasons: readonly AlterReason[], other?: Opponent): Fate {
  const against = other === undefined ? {} : { other };
  if (event.by.email === context.runner.email) return { kind: 'keep', event, reasons, ...against };
  const adopted = { ...event, by: context.runner, onBehalfOf: event.onBehalfOf ?? event.by };
  return { kind: 'keep', event: adopted, reasons: [...reasons, 'adopted'], ...against };
}
