/** A weights remote by content: which names an object has under the remote's URL (format §8.3), over any transport. */
import type { Md5 } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { WeightsLayout } from '../../domain/policy.ts';
import type { FileDigests } from '../../ports/weights-cache.ts';
import type { RemoteState, TrackedObject, TransferOptions, WeightsRemote } from '../../ports/weights-remote.ts';
import { contentKey, legacyKey } from '../content-path.ts';
import type { RemoteTransport } from './transport.ts';

/** A remote that was found and opened. */
export interface OpenedRemote {
  readonly name: string;
  /** Without credentials. */
  readonly location: string;
  readonly jobs: number | undefined;
  readonly layout: WeightsLayout;
  readonly transport: RemoteTransport;
}

/** Keeps objects under the names of its layout, and finds them under any. */
export class ContentRemote implements WeightsRemote {
  readonly name: string;
  readonly location: string;
  readonly jobs: number | undefined;
  readonly #layout: WeightsLayout;
  readonly #transport: RemoteTransport;

  constructor({ name, location, jobs, layout, transport }: OpenedRemote) {
    this.name = name;
    this.location = location;
    this.jobs = jobs;
    this.#layout = layout;
    this.#transport = transport;
  }

  async inspect(object: FileDigests): Promise<RemoteState> {
    for (const key of this.#written(object)) {
      const found = await this.#transport.find(key);
      if (found === undefined) return { kind: 'absent' };
      if (!hasSize(found, object)) return { kind: 'wrong', bytes: found.bytes ?? 0 };
    }
    return { kind: 'present' };
  }

  async read(
    object: FileDigests,
    offset: number,
    options: TransferOptions = {},
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    let wrong: number | undefined;
    for (const key of this.#readable(object)) {
      const found = await this.#transport.find(key);
      if (found === undefined) continue;
      if (hasSize(found, object))
        return this.#transport.read(key, { offset, bytes: found.bytes, parts: options.parts });
      wrong = found.bytes;
    }
    if (wrong === undefined) return undefined;
    const problem = `${this.location}: expected ${object.bytes} bytes of ${object.sha256}, got ${wrong}`;
    throw new RegistryError('corrupt-weights', problem, { data: { sha256: object.sha256, remote: this.location } });
  }

  async readMd5(md5: Md5, { isLegacy, isFolder }: TrackedObject): Promise<AsyncIterable<Uint8Array> | undefined> {
    const key = `${isLegacy ? legacyKey(md5) : contentKey('md5', md5)}${isFolder ? '.dir' : ''}`;
    const found = await this.#transport.find(key);
    return found === undefined
      ? undefined
      : this.#transport.read(key, { offset: 0, bytes: found.bytes, parts: undefined });
  }

  async write(object: FileDigests, path: string, options: TransferOptions): Promise<void> {
    const file = { path, bytes: object.bytes, md5: object.md5 };
    let sent: string | undefined;
    for (const key of this.#written(object)) {
      const found = await this.#transport.find(key);
      if (found === undefined || !hasSize(found, object)) {
        if (sent !== undefined && this.#transport.alias !== undefined)
          await this.#transport.alias(sent, key, file, options);
        else await this.#transport.write(key, file, options);
      }
      sent = key;
    }
    const kept = await this.inspect(object);
    if (kept.kind === 'present') return;
    const problem = `expected ${object.bytes} bytes of ${object.sha256} there, got ${kept.kind === 'wrong' ? kept.bytes : 'none'}`;
    throw new RegistryError('weights-remote-unreachable', `${this.location}: ${problem}`, {
      data: { remote: this.location, sha256: object.sha256 },
    });
  }

  async close(): Promise<void> {
    await this.#transport.close?.();
  }

  /** The names that a writer gives. */
  #written({ sha256, md5 }: FileDigests): readonly string[] {
    const names = { dvc: contentKey('md5', md5), sha256: contentKey('sha256', sha256) };
    return this.#layout === 'both' ? [names.dvc, names.sha256] : [names[this.#layout]];
  }

  /** The names that a reader tries: those of the layout first. */
  #readable(object: FileDigests): readonly string[] {
    const all = [contentKey('md5', object.md5), contentKey('sha256', object.sha256)];
    return this.#layout === 'sha256' ? all.reverse() : all;
  }
}

/** A transport that cannot tell sizes is believed: the bytes are proven when they are read. */
function hasSize(found: { readonly bytes: number | undefined }, object: FileDigests): boolean {
  return found.bytes === undefined || found.bytes === object.bytes;
}
