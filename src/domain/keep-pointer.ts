/** One DVC pointer that names many objects: not to be pulled, only so that `dvc gc` spares them. */
import { compareCodePoints } from './code-point-order.ts';
import type { CacheFile } from './manifest-file.ts';

/** Returns the text of the pointer, whatever the order of the files; each object is named once, by its SHA-256. */
export function keepPointerText(files: readonly CacheFile[]): string {
  const outputs = files.map(
    // Quoted: digests of digits alone would be numbers.
    ({ sha256, md5, bytes }) => `- md5: '${md5}'\n  size: ${bytes}\n  hash: md5\n  path: '${sha256}'\n`,
  );
  return `outs:\n${[...new Set(outputs)].sort(compareCodePoints).join('')}`;
}
