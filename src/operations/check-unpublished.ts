/** Which models have events that a remote does not have, as far as this clone knows: nothing is asked over the network. */
import type { ObjectId } from '../domain/digest.ts';
import { type Finding, finding } from '../domain/finding.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { CheckResult } from './check-result.ts';
import type { Workspace } from './workspace.ts';

/** Compares the logs here with those of a remote as last verified. Nothing is known of a remote that has no name. */
export async function checkUnpublished(workspace: Workspace, remote: string): Promise<CheckResult> {
  const isNamed = (await workspace.settings.remotes()).includes(remote);
  const models = isNamed ? await workspace.log.models() : [];
  const tips = models.length === 0 ? new Map<ModelName, ObjectId>() : await tipsOn(workspace, remote);
  const findings: Finding[] = [];
  for (const model of models) {
    const tip = await workspace.refs.find({ kind: 'log', model });
    if (tip === undefined || tips.get(model) === tip) continue;
    const what = tips.has(model) ? `differs from that of ${remote} as last seen` : `was never seen on ${remote}`;
    findings.push(finding('unpublished', model, `its log ${what}: git registry push ${remote}`));
  }
  return { ok: true, findings, checked: { files: 0, bundles: 0, baselines: 0, pins: 0, models: models.length } };
}

async function tipsOn(workspace: Workspace, remote: string): Promise<ReadonlyMap<ModelName, ObjectId>> {
  const verified = await (await workspace.syncRefs()).verifiedLogs();
  return new Map(
    verified.flatMap(({ remote: of, key, id }) =>
      of === remote && key.kind === 'log' ? [[key.model, id] as const] : [],
    ),
  );
}
