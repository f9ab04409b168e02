/** The objects that entries have in the weights cache: each once, however many entries have it. */
import type { CacheFile, Manifest } from '../domain/manifest.ts';

/** An object, and how to name it to people. */
export interface WeightsObject {
  readonly file: CacheFile;
  /** `model.safetensors of 2f6c9b1de001`. */
  readonly subject: string;
}

/** Returns the cache-stored files of entries, in their order; with `paths` only those. */
export function weightsObjects(manifests: readonly Manifest[], paths?: ReadonlySet<string>): readonly WeightsObject[] {
  const objects = new Map<string, WeightsObject>();
  for (const { sha256, files } of manifests) {
    for (const file of files) {
      if (file.store !== 'cache' || objects.has(file.sha256) || paths?.has(file.path) === false) continue;
      objects.set(file.sha256, { file, subject: `${file.path} of ${sha256.slice(0, 12)}` });
    }
  }
  return [...objects.values()];
}
