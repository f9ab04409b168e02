/** What is known here of the logs of a remote. */
import type { ObjectId } from '../domain/digest.ts';
import type { ModelName } from '../domain/model-name.ts';

/** Reads `refs/registry-remote/` (format §5), which fetch alone writes. */
export interface PublishedLogs {
  /** Returns the tips of a remote's logs as they were last verified, by model. */
  tips(remote: string): Promise<ReadonlyMap<ModelName, ObjectId>>;
}
