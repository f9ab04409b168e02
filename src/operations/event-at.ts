/** One event of a log that is known to hold, by its commit. */
import type { ObjectId } from '../domain/digest.ts';
import type { LoggedEvent } from '../domain/event.ts';
import { decodeCommit } from '../domain/git-object.ts';
import { decodeEvent, eventJsonOf } from '../schema/decode-event.ts';
import type { Workspace } from './workspace.ts';

/** Returns the event of a commit; undefined where it holds none. */
export async function eventOf(workspace: Workspace, commit: ObjectId): Promise<LoggedEvent['event'] | undefined> {
  const object = await workspace.objects.find(commit);
  const json = object?.type === 'commit' ? eventJsonOf(decodeCommit(object.body).message) : undefined;
  const decoded = json === undefined ? undefined : decodeEvent(json);
  return decoded?.kind === 'event' ? decoded.logged.event : undefined;
}
