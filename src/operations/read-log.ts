/** A model's log as people read it: each event with its effect. */

import { RegistryError } from '../domain/errors.ts';
import { type ChainLink, entryCommitOf } from '../domain/event-chain.ts';
import { Folder } from '../domain/fold.ts';
import type { ModelName } from '../domain/model-name.ts';
import { emptyState, type ModelState } from '../domain/state.ts';
import { checkEventCommit } from './check-event-commit.ts';
import type { Workspace } from './workspace.ts';

/** An event and what it did. */
export interface LogRecord {
  readonly link: ChainLink;
  /** Why it had no effect. */
  readonly ineffective?: string;
  /** The state right after it. Only valid until the next record is asked for. */
  readonly state: ModelState;
}

/** Yields the log of a model, oldest first. Throws `corrupt-event`. */
export async function* readLog(workspace: Workspace, model: ModelName): AsyncIterable<LogRecord> {
  const tip = await workspace.refs.find({ kind: 'log', model });
  if (tip === undefined) return;
  const folder = new Folder(emptyState(model));
  const emptyTree = workspace.hash('tree', new Uint8Array());
  let commit: ChainLink['commit'] | undefined;
  for await (const record of workspace.log.read(tip)) {
    const { events, lastDigest, ids } = folder.state;
    const checked = checkEventCommit(record, { model, seq: events, prev: lastDigest, commit, ids, emptyTree });
    if (checked.kind === 'fault') {
      throw new RegistryError('corrupt-event', `event ${events} of ${model}: ${checked.message}`, {
        data: { model, seq: events, commit: record.id, finding: checked.code },
        hint: 'git registry verify --all',
      });
    }
    const { link } = checked;
    const entryCommit = entryCommitOf(link);
    const ineffective = folder.add(entryCommit === undefined ? link : { ...link, entryCommit });
    yield { link, state: folder.state, ...(ineffective === undefined ? {} : { ineffective }) };
    commit = record.id;
  }
}
