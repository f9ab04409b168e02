/** Fetches an entry's files: verified while written, destination whole or absent. */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Manifest, ManifestFile } from '../domain/manifest.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { Version } from '../domain/version.ts';
import type { CheckoutFile } from '../ports/checkout.ts';
import { bringWeights } from './bring-weights.ts';
import { getFile, readGitFile, readManifest } from './read-entry.ts';
import { type ResolvedSpec, refuseDeadBytes, resolveSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** What to fetch. */
export interface GetInput {
  readonly spec: string;
  readonly model?: string;
  /** Returns the absolute destination, given the name it would have by default, `MODEL-VERSION`. */
  destination(defaultName: string): string;
  /** Bundle paths; all when empty. */
  readonly files: readonly string[];
  readonly force: boolean;
  readonly allowTombstoned: boolean;
  /** Transfers at a time, of what the cache lacks. */
  readonly jobs?: number;
}

/** What was fetched. */
export interface GetResult {
  readonly model: ModelName;
  readonly sha256: Sha256;
  readonly version: Version | null;
  readonly destination: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: Sha256 }[];
}

/** Fetches. Throws `weights-missing`, `corrupt-weights`, `destination`, `tombstoned`, `unknown-file`. */
export async function get(workspace: Workspace, input: GetInput): Promise<GetResult> {
  const named = await resolveSpec(workspace, input.spec, input.model);
  if (!input.allowTombstoned) await refuseDeadBytes(workspace, named);
  const manifest = await readManifest(workspace, named.entry);
  const wanted = input.files.length === 0 ? manifest.files : input.files.map((path) => getFile(manifest, path));
  const version = named.version ?? named.entry.versions.at(-1);
  const name = `${named.model.replaceAll('/', '-')}-${version ?? named.entry.sha256.slice(0, 12)}`;
  const destination = input.destination(name);
  (await workspace.checkout()).assertWritable(destination, { force: input.force });
  await bringWeights(workspace, manifest, wanted, input.jobs);
  await write(workspace, input, { named, manifest, wanted, destination }).catch(async (error: unknown) => {
    const explained = await explainCorrupt(workspace, wanted, error);
    if (explained === error) throw error;
    // What the cache had is in quarantine: a remote may have better.
    await bringWeights(workspace, manifest, wanted, input.jobs).catch(() => {
      throw explained;
    });
    await write(workspace, input, { named, manifest, wanted, destination });
  });
  return {
    model: named.model,
    sha256: named.entry.sha256,
    version: version ?? null,
    destination,
    files: wanted.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
  };
}

interface Checkout {
  readonly named: ResolvedSpec;
  readonly manifest: Manifest;
  readonly wanted: readonly ManifestFile[];
  readonly destination: string;
}

async function write(workspace: Workspace, { force }: GetInput, checkout: Checkout): Promise<void> {
  const files = await contentsOf(workspace, checkout.named, checkout.manifest, checkout.wanted);
  await (await workspace.checkout()).write(checkout.destination, files, { force, progress: workspace.progress });
}

async function contentsOf(
  workspace: Workspace,
  named: ResolvedSpec,
  manifest: Manifest,
  wanted: readonly ManifestFile[],
): Promise<readonly CheckoutFile[]> {
  const files: CheckoutFile[] = [];
  for (const file of wanted) {
    const { path, bytes, sha256 } = file;
    if (file.store === 'git') {
      files.push({
        path,
        bytes,
        sha256,
        content: { kind: 'bytes', body: await readGitFile(workspace, named.entry, file) },
      });
      continue;
    }
    const cached = await (await workspace.weights()).findPath(file);
    if (cached === undefined) throw missingWeights(manifest, path);
    files.push({ path, bytes, sha256, content: { kind: 'file', path: cached } });
  }
  return files;
}

/** Returns the fault for weights that are in no cache here. */
export function missingWeights(manifest: Manifest, path: string): RegistryError {
  return new RegistryError(
    'weights-missing',
    `${path} of ${manifest.sha256.slice(0, 12)}: its bytes are not in the cache`,
    {
      data: { sha256: manifest.sha256, path },
      hint: 'git registry pull --weights',
    },
  );
}

/** Bad bytes in the cache go to quarantine, so that the next fetch can bring good ones (format §8.2). */
async function explainCorrupt(workspace: Workspace, files: readonly ManifestFile[], error: unknown): Promise<unknown> {
  if (!(error instanceof RegistryError) || error.code !== 'corrupt-weights') return error;
  const bad = files.find(({ path, store }) => path === error.data['path'] && store === 'cache');
  if (bad === undefined || bad.store !== 'cache') return error;
  const moved = await (await workspace.weights()).quarantine(bad);
  return new RegistryError('corrupt-weights', error.message, {
    data: { ...error.data, quarantined: moved },
    hint: 'the bad bytes are in quarantine; register the file again, or git registry pull --weights',
    cause: error,
  });
}
