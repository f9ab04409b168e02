/** Has the bytes of an entry's files here before they are read: from the cache, else from the remotes, else a fault that says why not. */
import { type ErrorCode, RegistryError } from '../domain/errors.ts';
import type { Manifest, ManifestFile } from '../domain/manifest.ts';
import { type FetchFailure, fetchWeights } from './fetch-weights.ts';
import type { Workspace } from './workspace.ts';

const CODES = {
  missing: 'weights-missing',
  corrupt: 'corrupt-weights',
  unreachable: 'weights-remote-unreachable',
  refused: 'weights-remote-refused',
} as const satisfies Readonly<Record<FetchFailure['kind'], ErrorCode>>;

/**
 * Fetches what the cache lacks of `files`. Throws `weights-missing`, `corrupt-weights`, `weights-remote-unreachable`,
 * `weights-remote-refused`, `bad-weights-remote`.
 */
export async function bringWeights(
  workspace: Workspace,
  manifest: Manifest,
  files: readonly ManifestFile[],
  jobs: number | undefined,
): Promise<void> {
  const paths = new Set(files.map(({ path }) => path));
  const input = { manifests: [manifest], paths, ...(jobs === undefined ? {} : { jobs }) };
  const { failed, quarantined } = await fetchWeights(workspace, input).catch((error: unknown) => {
    throw withoutRemote(manifest, error);
  });
  const [first] = failed;
  if (first === undefined) return;
  const { kind, sha256, path, message } = first;
  throw new RegistryError(CODES[kind], message, {
    data: { sha256: manifest.sha256, path, weights: sha256, quarantined },
  });
}

/** The answer to the question is that the bytes are missing; how to add a remote belongs to it. */
function withoutRemote({ sha256 }: Manifest, error: unknown): unknown {
  if (!(error instanceof RegistryError) || error.code !== 'no-weights-remote') return error;
  return new RegistryError(
    'weights-missing',
    `${sha256.slice(0, 12)}: not all of its bytes are in the cache, and no weights remote is configured`,
    {
      data: { ...error.data, sha256 },
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    },
  );
}
