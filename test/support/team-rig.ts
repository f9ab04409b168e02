/** A registry under a committed policy, and the people who use it: ana registers, others decide. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseModelName } from '../../src/domain/model-name.ts';
import { parseVersion } from '../../src/domain/version.ts';
import { findModel } from '../../src/operations/read-model.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { lmBundle, type RegistryRig, registerIn, registryRig } from './registry-rig.ts';

/** Gates for staging, and two of bo, cy and dee for production. */
export const TEAM_POLICY = `gates:
  production: { min_overall.accuracy: 0.85 }
approvals:
  production: { count: 2, from: [bo@example.org, "@reviewers"] }
groups:
  reviewers: [cy@example.org, dee@example.org]
emergency: { production: [dee@example.org] }
`;

/** A team. */
export interface TeamRig {
  readonly rig: RegistryRig;
  /** Opens the registry as somebody, by the name before `@example.org`, or a whole address. */
  as(person: string): Promise<Workspace>;
  /** Writes files and commits them. */
  commit(files: Readonly<Record<string, string>>): void;
  /** Registers the bundle of a seed as ana, with a version. */
  register(seed: number, as: string, told?: Readonly<Record<string, string>>): Promise<void>;
  /** Registers it as ana, as a candidate. */
  registerPending(seed: number): Promise<void>;
  /** Returns the SHAs that the model has, in the order of its log. */
  shas(): Promise<readonly string[]>;
}

/** Makes one. */
export async function teamRig(policy: string = TEAM_POLICY): Promise<TeamRig> {
  const rig = await registryRig();
  const { repository } = rig;
  const as = (person: string): Promise<Workspace> => {
    repository.environment['GIT_COMMITTER_NAME'] = person;
    repository.environment['GIT_COMMITTER_EMAIL'] = person.includes('@') ? person : `${person}@example.org`;
    return rig.reopen();
  };
  const commit: TeamRig['commit'] = (files) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(repository.folder, path)), { recursive: true });
      writeFileSync(join(repository.folder, path), text);
    }
    repository.git(['add', '--', ...Object.keys(files)]);
    repository.git(['-c', 'commit.gpgSign=false', 'commit', '--quiet', '-m', 'policy']);
  };
  commit({ 'registry.yaml': policy });
  return {
    rig,
    as,
    commit,
    registerPending: async (seed) => {
      await registerIn(await as('ana'), rig.bundle(`seed-${seed}`, lmBundle(seed)), { pending: true });
    },
    shas: async () => [...((await findModel(rig.workspace, parseModelName('m')))?.state.entries.keys() ?? [])],
    register: async (seed, version, told) => {
      const workspace = await as('ana');
      const path = rig.bundle(`seed-${seed}`, lmBundle(seed, told));
      await registerIn(workspace, path, { version: { kind: 'as', version: parseVersion(version) } });
    },
  };
}
