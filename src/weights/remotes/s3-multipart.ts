/** Large objects in parts: several at a time, and after a cut only those that are not there yet. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { TransferOptions } from '../../ports/weights-remote.ts';
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from './aws-sdk.ts';
import { inParallel } from './in-parallel.ts';
import type { OutgoingFile } from './transport.ts';

/** Smaller objects go in one request. */
export const PART_BYTES: number = 16 * 1024 * 1024;
/** S3 takes no more. */
const MOST_PARTS = 10_000;

/** Where an upload goes. */
export interface UploadTarget {
  readonly client: S3Client;
  readonly place: { readonly Bucket: string; readonly Key: string };
  /** What a new object gets: encryption, access. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly parallelParts: number;
  readonly signal: AbortSignal;
}

/** Uploads a file in parts; goes on with an upload of this key that was cut short. */
export async function uploadInParts(target: UploadTarget, file: OutgoingFile, options: TransferOptions): Promise<void> {
  const { client, place, signal } = target;
  const partBytes = partBytesFor(file.bytes);
  const left = await findUpload(target);
  const known = left === undefined ? new Map<number, string>() : await listParts(target, left);
  const UploadId = left ?? (await createUpload(target));
  const count = Math.ceil(file.bytes / partBytes);
  const source = await open(file.path, 'r');
  const parts: CompletedPart[] = [];
  try {
    await inParallel(target.parallelParts, count, async (index) => {
      const length = Math.min(partBytes, file.bytes - index * partBytes);
      const body = Buffer.allocUnsafeSlow(length);
      await source.read(body, 0, length, index * partBytes);
      const md5 = createHash('md5').update(body).digest();
      const PartNumber = index + 1;
      // The tag of a part is its MD5, where the server does not encrypt with a key of its own; else the part goes again.
      const tag = known.get(PartNumber) === md5.toString('hex') ? `"${md5.toString('hex')}"` : undefined;
      const command = new UploadPartCommand({
        ...place,
        UploadId,
        PartNumber,
        Body: body,
        ContentMD5: md5.toString('base64'),
      });
      const sent = tag ?? (await client.send(command, { abortSignal: signal })).ETag;
      parts[index] = { PartNumber, ...(sent === undefined ? {} : { ETag: sent }) };
      options.moved?.(length);
    });
  } finally {
    await source.close();
  }
  const MultipartUpload = { Parts: parts };
  await client.send(new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload }), {
    abortSignal: signal,
  });
}

/** The same for the same size, so that the parts of an upload that was cut short still fit. */
function partBytesFor(bytes: number): number {
  const least = Math.ceil(bytes / MOST_PARTS);
  return Math.max(PART_BYTES, Math.ceil(least / PART_BYTES) * PART_BYTES);
}

/** Returns the newest unfinished upload of the key; undefined where there is none, or the server will not say. */
async function findUpload({ client, place, signal }: UploadTarget): Promise<string | undefined> {
  try {
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket: place.Bucket, Prefix: place.Key }),
      { abortSignal: signal },
    );
    const own = Uploads.filter(({ Key }) => Key === place.Key);
    return own.sort((a, b) => (a.Initiated?.getTime() ?? 0) - (b.Initiated?.getTime() ?? 0)).at(-1)?.UploadId;
  } catch {
    // Listing is a right of its own, and resuming only a saving.
    signal.throwIfAborted();
    return undefined;
  }
}

async function createUpload({ client, place, attributes, signal }: UploadTarget): Promise<string> {
  const created = await client.send(new CreateMultipartUploadCommand({ ...place, ...attributes }), {
    abortSignal: signal,
  });
  return created.UploadId ?? '';
}

/** Returns the tags of parts that have arrived, without quotes, by number. */
async function listParts({ client, place, signal }: UploadTarget, UploadId: string): Promise<Map<number, string>> {
  const tags = new Map<number, string>();
  for (let marker: string | undefined; ; ) {
    const page = await client.send(
      new ListPartsCommand({ ...place, UploadId, ...(marker === undefined ? {} : { PartNumberMarker: marker }) }),
      { abortSignal: signal },
    );
    for (const { PartNumber, ETag } of page.Parts ?? []) {
      if (PartNumber !== undefined && ETag !== undefined) tags.set(PartNumber, ETag.replaceAll('"', ''));
    }
    marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    if (marker === undefined) return tags;
  }
}
