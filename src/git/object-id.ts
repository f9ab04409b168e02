/** Object ids, computed in process. */
import { createHash } from 'node:crypto';
import type { ObjectId } from '../domain/digest.ts';
import type { ObjectType } from '../domain/git-object.ts';

/** Returns the id that a body has in a repository of this object format. */
export function objectIdOf(format: 'sha1' | 'sha256', type: ObjectType, body: Uint8Array): ObjectId {
  return createHash(format).update(`${type} ${body.length}\0`).update(body).digest('hex') as ObjectId;
}
