/** Inspects the content of a registered entry, as far as its bytes are here. */
import type { ObjectId } from '../domain/digest.ts';
import type { Finding } from '../domain/finding.ts';
import type { Manifest } from '../domain/manifest.ts';
import { inspectContent } from './inspect-bundle.ts';
import type { Workspace } from './workspace.ts';

/** Returns findings with the entry's SHA before each path. */
export async function inspectEntry(
  workspace: Workspace,
  commit: ObjectId,
  manifest: Manifest,
): Promise<readonly Finding[]> {
  const weights = await workspace.weights();
  const source = await workspace.source();
  const fileAt = (path: string): Manifest['files'][number] | undefined =>
    manifest.files.find((file) => file.path === path);
  const readAll = async (path: string): Promise<Uint8Array | undefined> => {
    if (fileAt(path)?.store !== 'git') return undefined;
    return (await workspace.objects.find(`${commit}:bundle/${path}`))?.body;
  };
  const findings = await inspectContent({
    files: manifest.files,
    readAll,
    readHead: async (path, length) => {
      const file = fileAt(path);
      if (file?.store !== 'cache') return (await readAll(path))?.subarray(0, length);
      const cached = await weights.findPath(file);
      return cached === undefined ? undefined : source.readHead(cached, length);
    },
  });
  return findings.map((found) => ({ ...found, subject: `${manifest.sha256} ${found.subject}` }));
}
