/** A lazy handle of one entry, for programs: what it says is read when asked for, weights not before `open`. */
import type { JsonValue } from '../domain/canonical-json.ts';
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { EntryState } from '../domain/state.ts';
import type { Version } from '../domain/version.ts';
import { compareVersions } from '../domain/version-order.ts';
import { bringWeights } from './bring-weights.ts';
import { missingWeights } from './get.ts';
import { findJson, getFile, readGitFile, readManifest } from './read-entry.ts';
import type { ResolvedSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** One entry of a registry. */
export class ModelHandle {
  readonly sha256: Sha256;
  readonly model: ModelName;
  /** All versions that name the entry, ascending. */
  readonly versions: readonly Version[];
  readonly #workspace: Workspace;
  readonly #entry: EntryState;
  #manifest: Promise<Manifest> | undefined;

  /** Made by `Registry.get`. */
  constructor(workspace: Workspace, named: ResolvedSpec) {
    this.#workspace = workspace;
    this.#entry = named.entry;
    this.sha256 = named.entry.sha256;
    this.model = named.model;
    this.versions = [...named.entry.versions].sort(compareVersions);
  }

  /** Returns the manifest: files with their roles, sizes and digests, parents and inputs. */
  manifest(): Promise<Manifest> {
    this.#manifest ??= readManifest(this.#workspace, this.#entry);
    return this.#manifest;
  }

  /** Returns a JSON file of the bundle as plain JavaScript values (numbers as doubles). Throws `unknown-file`, `weights-missing`. */
  async json(path: string): Promise<unknown> {
    const manifest = await this.manifest();
    getFile(manifest, path);
    const value = await findJson(this.#workspace, this.#entry, manifest, path);
    if (value === undefined) throw missingWeights(manifest, path);
    return plain(value);
  }

  /** Opens a file, fetched first where its bytes are not here, as a stream of bytes that is verified while it is read: it throws `corrupt-weights` before its end where they differ. */
  async open(path: string): Promise<AsyncIterable<Uint8Array>> {
    const manifest = await this.manifest();
    const file = getFile(manifest, path);
    if (file.store === 'git') return once(await readGitFile(this.#workspace, this.#entry, file));
    await bringWeights(this.#workspace, manifest, [file], undefined);
    return (await this.#workspace.weights()).read(file);
  }

  /** Reads a whole file into memory. Throws `too-big` above `limit` bytes (default 64 MiB). */
  async bytes(path: string, limit = 64 * 1024 * 1024): Promise<Uint8Array> {
    const { bytes } = getFile(await this.manifest(), path);
    if (bytes > limit)
      throw new RegistryError('too-big', `${path}: ${bytes} bytes, expected at most ${limit}`, {
        data: { path, bytes, limit },
      });
    const body = new Uint8Array(bytes);
    let offset = 0;
    for await (const chunk of await this.open(path)) {
      body.set(chunk, offset);
      offset += chunk.length;
    }
    return body;
  }
}

async function* once(body: Uint8Array): AsyncIterable<Uint8Array> {
  yield body;
}

function isNumber(value: JsonValue): value is Extract<JsonValue, { readonly kind: 'number' }> {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function plain(value: JsonValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) {
    // `__proto__` as a key must become a member, never the prototype.
    const members = [...value].map(([key, member]) => [key, plain(member)] as const);
    return Object.fromEntries(members);
  }
  return isNumber(value as JsonValue) ? Number((value as { readonly text: string }).text) : value;
}
