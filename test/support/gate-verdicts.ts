/** What gates say of an entry of a registry under test. */
import type { GateRules } from '../../src/domain/policy.ts';
import { evaluateGates, type GateAnswer } from '../../src/operations/gates/evaluate-gates.ts';
import { resolveSpec } from '../../src/operations/resolve-spec.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import type { GateVerdict } from '../../src/ports/gate.ts';
import type { RegistryRig } from './registry-rig.ts';

/** Judges by rules, as on the way to production. */
export async function judge(
  workspace: Workspace,
  spec: string,
  gates: GateRules,
  at = workspace.clock.now(),
): Promise<GateAnswer> {
  const { folded, entry } = await resolveSpec(workspace, spec, 'm');
  const { state } = folded;
  return evaluateGates(workspace, {
    state,
    entry,
    to: 'production',
    at: typeof at === 'number' ? new Date(at).toISOString() : at,
    policy: { model: state.model, to: 'production', gates, requiredAnnotations: [] },
    readProjectFile: (path) => workspace.settings.readProjectFile(path),
  });
}

/** The same; returns the verdicts of every basis. */
export async function verdictsOf(rig: RegistryRig, spec: string, gates: GateRules): Promise<readonly GateVerdict[]> {
  const { report } = await judge(rig.workspace, spec, gates);
  return [...report.verdicts, ...(report.moment?.verdicts ?? [])];
}
