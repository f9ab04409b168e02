/** Reads every cached byte that entries refer to: never trusted by mode or name (format §8.2). */
import type { Sha256 } from '../domain/digest.ts';
import { type Finding, finding } from '../domain/finding.ts';
import type { CacheFile, Manifest } from '../domain/manifest.ts';
import type { CacheState } from '../ports/weights-cache.ts';
import type { Workspace } from './workspace.ts';

/** Verifies each cached file once, whatever the number of entries that have it. Bytes that only `dispensable` entries have may be gone. */
export async function verifyWeights(
  workspace: Workspace,
  manifests: readonly Manifest[],
  dispensable: ReadonlySet<Sha256>,
): Promise<{ readonly findings: readonly Finding[]; readonly files: number }> {
  const files = new Map<Sha256, { readonly file: CacheFile; readonly subject: string; readonly mayLack: boolean }>();
  for (const { sha256, files: listed } of manifests) {
    for (const file of listed) {
      if (file.store !== 'cache') continue;
      const mayLack = dispensable.has(sha256) && files.get(file.sha256)?.mayLack !== false;
      files.set(file.sha256, { file, subject: `${sha256} ${file.path}`, mayLack });
    }
  }
  if (files.size === 0) return { findings: [], files: 0 };
  const weights = await workspace.weights();
  const findings: Finding[] = [];
  for (const { file, subject, mayLack } of files.values()) {
    const state = await weights.inspect(file, { hash: true, progress: workspace.progress });
    if (state.kind !== 'absent' || !mayLack) findings.push(...describeState(subject, state));
  }
  return { findings, files: files.size };
}

function describeState(subject: string, state: CacheState): readonly Finding[] {
  switch (state.kind) {
    case 'present':
      return [];
    case 'absent':
      return [finding('weights-missing', subject, 'its bytes are not in the cache')];
    case 'half':
      return [finding('weights-name-missing', subject, `the cache lacks its ${state.missing} name`)];
    case 'corrupt':
      return [finding('weights-corrupt', subject, 'the cache has other bytes under its name')];
  }
}
