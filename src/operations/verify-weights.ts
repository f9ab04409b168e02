/** Reads every cached byte that entries refer to: never trusted by mode or name (format §8.2). */
import type { Sha256 } from '../domain/digest.ts';
import { type Finding, finding } from '../domain/finding.ts';
import type { CacheFile, Manifest } from '../domain/manifest.ts';
import type { CacheState } from '../ports/weights-cache.ts';
import type { Workspace } from './workspace.ts';

/** Verifies each cached file once, whatever the number of entries that have it. */
export async function verifyWeights(
  workspace: Workspace,
  manifests: readonly Manifest[],
): Promise<{ readonly findings: readonly Finding[]; readonly files: number }> {
  const files = new Map<Sha256, { readonly file: CacheFile; readonly subject: string }>();
  for (const { sha256, files: listed } of manifests) {
    for (const file of listed) if (file.store === 'cache') files.set(file.sha256, { file, subject: `${sha256} ${file.path}` });
  }
  if (files.size === 0) return { findings: [], files: 0 };
  const weights = await workspace.weights();
  const findings: Finding[] = [];
  for (const { file, subject } of files.values()) {
    const state = await weights.inspect(file, { hash: true, progress: workspace.progress });
    findings.push(...describeState(subject, state));
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
