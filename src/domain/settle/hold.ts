/** What keeps a model as it is: events that the runner may not replay, or does not understand (format §7.3). */
import type { ModelState } from '../state.ts';
import { isWhollyKnown } from './known-members.ts';
import type { Held, HoldReason, LocalEvent, SettleContext } from './settlement.ts';

const EXIT_CODES: Readonly<Record<HoldReason, Held['exitCode']>> = {
  'others-events': 3,
  'other-remote': 3,
  'unknown-events': 4,
  'newer-format': 4,
};

/** Returns what holds a model, or undefined. `remote`: its state there; `local`: what the remote knows nothing of. */
export function findHold(remote: ModelState, local: readonly LocalEvent[], context: SettleContext): Held | undefined {
  if (remote.newerFormat) return held('newer-format', []);
  if (context.fastForwardOnly) return held('other-remote', local);
  const unknown = local.filter((source) => !isWhollyKnown(source));
  if (unknown.length > 0) return held('unknown-events', unknown);
  const others = local.filter((source) => !isOwn(source, context));
  return others.length > 0 && !context.adopt ? held('others-events', others) : undefined;
}

/** What another remote has seen is no longer the runner's alone to rewrite. */
function isOwn({ event, published }: LocalEvent, { runner }: SettleContext): boolean {
  return event.by.email === runner.email && !published;
}

function held(reason: HoldReason, events: readonly LocalEvent[]): Held {
  return { kind: 'held', reason, events, exitCode: EXIT_CODES[reason] };
}
