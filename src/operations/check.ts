/**
 * Looks at what is about to be committed (the index) or lies in the work tree, and at what the files say of the registry.
 * Where there is nothing of the registry's it costs the reading of what is staged, and little else.
 */
import type { Finding } from '../domain/finding.ts';
import { checkRawWeights } from './check-raw-weights.ts';
import type { CheckResult } from './check-result.ts';
import type { Workspace } from './workspace.ts';

/** What to check. */
export interface CheckInput {
  /** Judge the index, as a hook does, not the work tree. */
  readonly staged: boolean;
}

/** Checks. What is wrong is a finding, never a fault. Throws `no-repository`, and `usage` in a bare repository. */
export async function check(workspace: Workspace, input: CheckInput): Promise<CheckResult> {
  const snapshot = await workspace.snapshot(input.staged ? 'index' : 'work-tree');
  const opened = await checkRawWeights(snapshot);
  const { files } = opened;
  const findings: Finding[] = [...opened.findings];
  const telling = await snapshot.find(
    ['train_manifest.json', 'eval_report.json', 'eval_baseline.json', 'registry.lock', 'registry.yaml'],
    ['.dvc'],
  );
  const checked = { bundles: 0, baselines: 0, pins: 0, models: 0 };
  if (telling.length > 0) {
    const { checkFiles } = await import('./check-files.ts');
    const found = await checkFiles(workspace, snapshot, files, telling);
    findings.push(...found.findings);
    Object.assign(checked, found.checked);
  }
  const models = await workspace.log.models();
  if (models.length > 0 || telling.includes('registry.lock')) {
    const { checkRegistry } = await import('./check-registry.ts');
    // A commit must not wait for what was compared before; who asks for the work tree asks for all.
    const known = input.staged ? await workspace.goodRefs() : undefined;
    const found = await checkRegistry(workspace, snapshot, models, {
      hasLock: telling.includes('registry.lock'),
      known,
    });
    findings.push(...found.findings);
    Object.assign(checked, found.checked);
  }
  const ok = findings.every(({ severity }) => severity === 'notice');
  return { ok, findings, checked: { files: files.length, ...checked } };
}
