/** The ids in git's pack indexes, version 2: what a fetch brought, without asking git for what alternates hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../domain/digest.ts';
import type { Repository } from '../repository.ts';

/** Magic number, version, and 256 counts come before the ids; the last count is that of all objects. */
const IDS_AT = 8 + 256 * 4;

/** Returns the ids of all objects in the packs of a repository itself. */
export function listPackedObjects({ objectDir, objectFormat }: Repository): readonly ObjectId[] {
  const folder = join(objectDir, 'pack');
  const width = objectFormat === 'sha256' ? 32 : 20;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.idx'))
    .flatMap((name) => idsOf(readFileSync(join(folder, name)), width));
}

function idsOf(index: Buffer, width: number): readonly ObjectId[] {
  const count = index.readUInt32BE(IDS_AT - 4);
  return Array.from({ length: count }, (_, at) =>
    index.subarray(IDS_AT + at * width, IDS_AT + (at + 1) * width).toString('hex'),
  ) as ObjectId[];
}
