/** Whether an entry was let into a slot by the slot's own rules, before some event of the log. */
import type { ObjectId, Sha256 } from '../../domain/digest.ts';
import type { ModelState } from '../../domain/state.ts';
import { decodeEvent, eventJsonOf } from '../../schema/decode-event.ts';
import type { Workspace } from '../workspace.ts';

/** Reads the log up to `tip`, whose state is `state`. An emergency lets nothing in by the rules. */
export async function wasAcceptedBefore(
  workspace: Workspace,
  state: ModelState,
  tip: ObjectId | undefined,
  move: { readonly sha256: Sha256; readonly to: string },
): Promise<boolean> {
  if (tip === undefined) return false;
  const ineffective = new Set(state.ineffective.map(({ event }) => event));
  for await (const { message } of workspace.log.read(tip)) {
    const json = eventJsonOf(message);
    const decoded = json === undefined ? undefined : decodeEvent(json);
    const event = decoded?.kind === 'event' ? decoded.logged.event : undefined;
    if (event?.kind !== 'stage' || event.sha256 !== move.sha256 || event.to !== move.to) continue;
    if (event.emergency !== true && !ineffective.has(event.id)) return true;
  }
  return false;
}
