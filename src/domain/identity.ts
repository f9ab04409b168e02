/** The canonical SHA: what an entry is, wherever it lies (format §3.2, §3.3). */
import { checkBundlePaths } from './bundle-path.ts';
import { compareCodePoints } from './code-point-order.ts';
import { rawDigest, type Sha256, sha256Of } from './digest.ts';
import { encodeDocument } from './document-json.ts';
import { RegistryError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import { explainManifest, type ManifestParts } from './manifest-rules.ts';
import { LM_FILES } from './profile.ts';
import { encodeUtf8 } from './utf8.ts';

/** Returns the canonical SHA of what a manifest says. `files` and `inputs` must be in the order of the manifest. */
export function canonicalSha(parts: ManifestParts): Sha256 {
  if (parts.profile === 'lm/1') return shaOfLm(parts);
  const { profile, parents, inputs, files } = parts;
  return sha256Of(encodeDocument({ v: 1, profile, parents, inputs, files: files.map((file) => ({ ...file })) }));
}

/** Format §3.2: five raw digests, then the parent in hex or "null". */
function shaOfLm({ files, parents }: ManifestParts): Sha256 {
  const digests = LM_FILES.map((name) => {
    const file = files.find(({ path }) => path === name);
    if (file === undefined) throw new RegistryError('bad-bundle', `bundle: expected ${name}, which lm/1 must have`);
    return rawDigest(file.sha256);
  });
  const input = new Uint8Array([...digests.flatMap((digest) => [...digest]), ...encodeUtf8(parents[0] ?? 'null')]);
  return sha256Of(input);
}

/**
 * Returns the manifest of a bundle: files sorted by code point, inputs ascending, the canonical SHA computed. Throws
 * `bad-path` and `too-big` for paths (format §3.1) and `bad-bundle` with data `{reason}` for any other rule.
 */
export function buildManifest(bundle: ManifestParts): Manifest {
  checkBundlePaths(bundle.files.map((file) => file.path));
  const parts: ManifestParts = {
    profile: bundle.profile,
    parents: [...bundle.parents],
    inputs: [...bundle.inputs].sort(),
    files: [...bundle.files].sort((a, b) => compareCodePoints(a.path, b.path)),
  };
  const reason = explainManifest(parts);
  if (reason === 'too-many-git-bytes')
    throw new RegistryError('too-big', 'bundle: expected at most 256 MiB in git, got more');
  if (reason !== undefined) {
    throw new RegistryError('bad-bundle', `bundle: expected one of profile ${parts.profile}, got ${reason}`, {
      data: { reason, profile: parts.profile },
    });
  }
  return { v: 1, ...parts, sha256: canonicalSha(parts) };
}
