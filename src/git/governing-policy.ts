/** The policy that decides moves: of a commit, so that it takes a reviewed change to change who may do what. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { sha256Of } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { DEFAULT_POLICY, type Policy } from '../domain/policy.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { GoverningPolicy } from '../ports/settings.ts';
import { fileFault } from './file-fault.ts';
import type { NamedCommit } from './policy-commit.ts';

const POLICY_FILE = 'registry.yaml';

/** It is the evidence of every move, so it must fit (format §6.1). */
const MAX_BYTES = 1_048_576;

/** Where registry.yaml and its neighbours are read. */
export interface PolicySource {
  readonly kind: 'commit' | 'work-tree';
  /** What the commit was found under; of the work tree its path. */
  readonly name: string;
  /** Reads a file by its path from the top; undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** The same of the work tree; undefined also in a bare repository. */
  readHere(path: string): Uint8Array | undefined;
}

/** Opens the files of the commit that counts; where it has no registry.yaml, those of the work tree. */
export async function openPolicySource(
  workTree: string | undefined,
  found: NamedCommit | undefined,
  objects: ObjectStore,
): Promise<PolicySource> {
  const readHere = (path: string): Uint8Array | undefined => readBelow(workTree, path);
  if (found !== undefined) {
    const policy = await readBlob(objects, `${found.commit}:${POLICY_FILE}`);
    const read = async (path: string): Promise<Uint8Array | undefined> =>
      path === POLICY_FILE ? policy : readBlob(objects, `${found.commit}:${path}`);
    if (workTree === undefined || policy !== undefined) return { kind: 'commit', name: found.name, read, readHere };
  }
  return { kind: 'work-tree', name: workTree ?? '', read: async (path) => readHere(path), readHere };
}

/** Reads the policy. Throws `bad-policy`. */
export async function readGoverningPolicy(
  source: PolicySource,
  decode: (text: string) => Promise<Policy>,
): Promise<GoverningPolicy> {
  const bytes = await source.read(POLICY_FILE);
  if (bytes === undefined) return { policy: DEFAULT_POLICY, source: { kind: 'defaults' }, differs: false };
  if (bytes.length > MAX_BYTES) throw notRead(`${bytes.length} bytes, expected at most ${MAX_BYTES}`);
  const text = decodeUtf8(bytes);
  if (text === undefined) throw notRead('expected UTF-8');
  const here = source.readHere(POLICY_FILE);
  const isCommitted = source.kind === 'commit';
  return {
    policy: await decode(text),
    file: { bytes, sha256: sha256Of(bytes) },
    source: isCommitted ? { kind: 'commit', name: source.name } : { kind: 'work-tree' },
    differs: !isCommitted || (here !== undefined && Buffer.compare(here, bytes) !== 0),
  };
}

function notRead(message: string): RegistryError {
  return new RegistryError('bad-policy', `${POLICY_FILE}: ${message}`, { data: { file: POLICY_FILE } });
}

async function readBlob(objects: ObjectStore, address: string): Promise<Uint8Array | undefined> {
  if (/\p{Cc}/u.test(address)) return undefined;
  const object = await objects.find(address);
  return object?.type === 'blob' ? object.body : undefined;
}

function readBelow(workTree: string | undefined, path: string): Uint8Array | undefined {
  const inside = normalize(path);
  if (workTree === undefined || inside.startsWith('..') || inside.startsWith('/')) return undefined;
  try {
    return readFileSync(join(workTree, inside));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw fileFault(join(workTree, inside), cause);
  }
}
