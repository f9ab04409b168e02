/**
 * Finds out what a remote protects (format §5): for each kind of ref, whether it takes one that no log gives, lets it be
 * moved, and lets it be deleted. Only names that nobody has are tried; what was made goes again.
 */
import { type Sha256, sha256Of } from '../domain/digest.ts';
import { encodeCommit, type NewObject } from '../domain/git-object.ts';
import { parseModelName } from '../domain/model-name.ts';
import { parseVersion } from '../domain/version.ts';
import { CLOSED, type ProbeCommits, type ProbedRef, type ProbeSubject, RemoteProbe } from './remote-probe.ts';
import { chooseRemote } from './sync/choose-remote.ts';
import type { Workspace } from './workspace.ts';

/** What a remote would need to be enforcing. */
export type RemoteLack = 'unlogged-refs-refused' | 'moves-refused' | 'deletes-refused' | 'registry-refs';

/** What a remote is. */
export interface DoctorResult {
  readonly remote: string;
  /**
   * `enforcing`: of every kind of ref it refused what format §5 forbids. `detect-only`: it took something; clones notice.
   * `closed`: it takes no refs of the registry.
   */
  readonly label: 'enforcing' | 'detect-only' | 'closed';
  readonly probes: readonly ProbedRef[];
  /** Empty where it is enforcing. */
  readonly lacks: readonly RemoteLack[];
  /** Refs of the probe that the remote did not let be removed. */
  readonly left: readonly string[];
}

/** Examines. Throws `no-remote`, `permission`, `remote-failed`, `remote-unreachable`, `contended`. */
export async function remoteDoctor(
  workspace: Workspace,
  input: { readonly words: readonly string[] },
): Promise<DoctorResult> {
  const { target } = await chooseRemote(workspace, input.words);
  const now = workspace.clock.now();
  const token = workspace.clock.newId(now).replaceAll('-', '').slice(-12);
  const probe = new RemoteProbe(workspace, target, await makeCommits(workspace, token));
  const probes: ProbedRef[] = [];
  for (const subject of subjectsOf(token)) probes.push(await probe.run(subject));
  const { label, lacks } = judge(probes);
  return { remote: target.label, label, probes, lacks, left: probe.left };
}

async function makeCommits(workspace: Workspace, token: string): Promise<ProbeCommits> {
  const tree: NewObject = { type: 'tree', id: workspace.hash('tree', new Uint8Array()), body: new Uint8Array() };
  const commitOf = (message: string): NewObject => {
    const who = 'git-registry <git-registry@localhost> 1000000000 +0000';
    const body = encodeCommit({ tree: tree.id, parents: [], author: who, committer: who, message });
    return { type: 'commit', id: workspace.hash('commit', body), body };
  };
  const [first, second] = [commitOf(`probe ${token}\n`), commitOf(`probe ${token}, moved\n`)];
  await workspace.objects.write([tree, first, second]);
  return { first: first.id, second: second.id };
}

/** A ref of each kind, of a model and of entries that nobody has. */
function subjectsOf(token: string): readonly ProbeSubject[] {
  const model = parseModelName(`doctor-probe-x${token}`);
  const sha256: Sha256 = sha256Of(`probe ${token}`);
  const view = { mayBeMade: true, mayGo: false };
  return [
    { ref: 'semver', key: { kind: 'version', model, version: parseVersion('0.0.0') }, ...view },
    { ref: 'tombstone', key: { kind: 'tombstone', model, sha256 }, ...view },
    { ref: 'stage', key: { kind: 'stage', model, slot: 'production' }, ...view, mayGo: true },
    { ref: 'pending', key: { kind: 'pending', model, sha256 }, ...view, mayGo: true },
    { ref: 'sha', key: { kind: 'entry', sha256 }, mayBeMade: false, mayGo: false },
    { ref: 'log', key: { kind: 'log', model }, mayBeMade: false, mayGo: false },
  ];
}

function judge(probes: readonly ProbedRef[]): Pick<DoctorResult, 'label' | 'lacks'> {
  const isClosed = ({ create, message }: ProbedRef): boolean => create === 'refused' && CLOSED.test(message ?? '');
  if (probes.every(isClosed)) return { label: 'closed', lacks: ['registry-refs'] };
  const took = (action: 'create' | 'move' | 'delete'): boolean => probes.some((probe) => probe[action] === 'accepted');
  const lacks: RemoteLack[] = [];
  if (probes.some(({ create }) => create !== 'refused')) lacks.push('unlogged-refs-refused');
  if (took('move')) lacks.push('moves-refused');
  if (took('delete')) lacks.push('deletes-refused');
  return { label: lacks.length === 0 ? 'enforcing' : 'detect-only', lacks };
}
