/** A registry under the gates of a registry.yaml, and what they say. */
import { effectivePolicy } from '../../src/domain/effective-policy.ts';
import { evaluateGates, type GateAnswer } from '../../src/operations/gates/evaluate-gates.ts';
import { promote } from '../../src/operations/promote.ts';
import { resolveSpec } from '../../src/operations/resolve-spec.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { type RegistryRig, registryRig } from './registry-rig.ts';

/** A registry under a policy. */
export interface GovernedRig extends RegistryRig {
  /** Registers a bundle of these files and returns its SHA. */
  add(name: string, files: Readonly<Record<string, string>>): Promise<string>;
  /** Registers a bundle whose eval report this is. */
  addReport(name: string, report: object): Promise<string>;
  /** Puts an entry into production. */
  occupy(spec: string): Promise<void>;
  /** Sets the gates of production, as registry.yaml has them, and the files of the project that gates can read. */
  govern(gates: string, files?: Readonly<Record<string, string>>): void;
  /** Evaluates them. */
  judge(spec: string): Promise<GateAnswer>;
}

/** Makes a registry in which nothing is governed yet. */
export async function governedRig(): Promise<GovernedRig> {
  const rig = await registryRig();
  let governed = { yaml: '', files: {} as Readonly<Record<string, string>> };
  const add = async (name: string, files: Readonly<Record<string, string>>): Promise<string> =>
    (await rig.register(rig.bundle(name, { 'name.txt': name, ...files }))).sha256;
  return {
    ...rig,
    add,
    addReport: (name, report) => add(name, { 'eval_report.json': JSON.stringify(report) }),
    occupy: async (spec) => {
      await promote(rig.workspace, { spec, to: 'production', model: 'm' });
    },
    govern: (gates, files = {}) => {
      governed = { yaml: `gates:\n  production: ${gates}\n`, files };
    },
    judge: (spec) => judgeAt(rig.workspace, spec, governed),
  };
}

async function judgeAt(
  workspace: Workspace,
  spec: string,
  { yaml, files }: { readonly yaml: string; readonly files: Readonly<Record<string, string>> },
): Promise<GateAnswer> {
  const { folded, entry } = await resolveSpec(workspace, spec, 'm');
  const policy = await workspace.settings.decodePolicy(yaml);
  return evaluateGates(workspace, {
    state: folded.state,
    entry,
    to: 'production',
    at: new Date(workspace.clock.now()).toISOString(),
    policy: effectivePolicy(policy, folded.state.model, 'production'),
    readProjectFile: async (path) => (files[path] === undefined ? undefined : new TextEncoder().encode(files[path])),
  });
}
