/**
 * Finds out what a remote protects (format §5): pushes a ref that no log gives, tries to move and to delete it, removes it.
 * The label says whether the remote stops damage, or whether clones alone will notice it.
 */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { encodeCommit, type NewObject } from '../domain/git-object.ts';
import { parseModelName } from '../domain/model-name.ts';
import { parseVersion } from '../domain/version.ts';
import type { PushOutcome, RemoteTarget } from '../ports/git-remote.ts';
import type { RefKey } from '../ports/ref-store.ts';
import { chooseRemote } from './sync/choose-remote.ts';
import { readCaps } from './sync/read-caps.ts';
import type { Workspace } from './workspace.ts';

/** What was tried, and how the remote took it. */
export interface Probe {
  readonly name: 'create-unlogged' | 'move' | 'delete';
  /** `refused`: as it should be. `skipped`: there was nothing to try it on. */
  readonly outcome: 'accepted' | 'refused' | 'skipped';
  readonly message: string | null;
}

/** What a remote is. */
export interface DoctorResult {
  readonly remote: string;
  /** `enforcing`: it refuses what format §5 forbids. `detect-only`: clones notice. `closed`: it takes no refs of the registry. */
  readonly label: 'enforcing' | 'detect-only' | 'closed';
  readonly probes: readonly Probe[];
  /** What the remote would need to be enforcing; empty where it is. */
  readonly lacks: readonly ('unlogged-refs-refused' | 'moves-refused' | 'deletes-refused' | 'registry-refs')[];
  /** The probe's ref, where the remote did not let it be removed. */
  readonly left: string | null;
}

/** What a host says that keeps the namespace for itself. */
const CLOSED = /hidden ref|funny refname|namespace|not allowed to (?:create|push)|deny creating|disallowed/i;

/** Examines. Throws `no-remote`, `permission`, `remote-failed`, `remote-unreachable`. */
export async function remoteDoctor(
  workspace: Workspace,
  input: { readonly words: readonly string[] },
): Promise<DoctorResult> {
  const { target } = await chooseRemote(workspace, input.words);
  const run = new ProbeRun(workspace, target, await makeProbe(workspace));
  return run.examine();
}

interface ProbeRefs {
  readonly key: RefKey;
  readonly first: NewObject;
  readonly second: NewObject;
}

/** A version of a model that does not exist, and two commits of the empty tree for it to be. */
async function makeProbe(workspace: Workspace): Promise<ProbeRefs> {
  const now = workspace.clock.now();
  const token = workspace.clock.newId(now).replaceAll('-', '').slice(-12);
  const tree: NewObject = { type: 'tree', id: workspace.hash('tree', new Uint8Array()), body: new Uint8Array() };
  const commitOf = (message: string): NewObject => {
    const who = 'git-registry <git-registry@localhost> 1000000000 +0000';
    const body = encodeCommit({ tree: tree.id, parents: [], author: who, committer: who, message });
    return { type: 'commit', id: workspace.hash('commit', body), body };
  };
  const [first, second] = [commitOf(`probe ${token}\n`), commitOf(`probe ${token}, moved\n`)];
  await workspace.objects.write([tree, first, second]);
  const model = parseModelName(`doctor-probe-x${token}`);
  return { key: { kind: 'version', model, version: parseVersion('0.0.0') }, first, second };
}

class ProbeRun {
  readonly #workspace: Workspace;
  readonly #target: RemoteTarget;
  readonly #probe: ProbeRefs;
  readonly #probes: Probe[] = [];

  constructor(workspace: Workspace, target: RemoteTarget, probe: ProbeRefs) {
    this.#workspace = workspace;
    this.#target = target;
    this.#probe = probe;
  }

  async examine(): Promise<DoctorResult> {
    const { first, second } = this.#probe;
    const created = await this.#try('create-unlogged', null, first.id);
    if (!created.accepted) {
      this.#skip('move', 'delete');
      return this.#conclude(CLOSED.test(created.message) ? 'closed' : 'enforcing', null);
    }
    const moved = await this.#try('move', first.id, second.id);
    const at = moved.accepted ? second.id : first.id;
    const deleted = await this.#try('delete', at, null);
    return this.#conclude('detect-only', deleted.accepted ? null : this.#workspace.refs.nameOf(this.#probe.key));
  }

  async #try(
    name: Probe['name'],
    old: ObjectId | null,
    next: ObjectId | null,
  ): Promise<{ readonly accepted: boolean; readonly message: string }> {
    const update = { key: this.#probe.key, old, next };
    const outcome: PushOutcome = await (await this.#workspace.gitRemote()).push(this.#target, [update]);
    const accepted = outcome.kind === 'accepted';
    // A remote that refuses to move a ref may say so as if somebody had been faster: nobody knows this ref.
    const message = outcome.kind === 'refused' ? outcome.message : accepted ? '' : await this.#explain(old);
    this.#probes.push({ name, outcome: accepted ? 'accepted' : 'refused', message: message === '' ? null : message });
    return { accepted, message };
  }

  async #explain(old: string | null): Promise<string> {
    const listing = await (await this.#workspace.gitRemote()).list(this.#target, await readCaps(this.#workspace));
    const name = this.#workspace.refs.nameOf(this.#probe.key);
    const there = listing.refs.find(({ key }) => this.#workspace.refs.nameOf(key) === name)?.id ?? null;
    if (there === old) return 'non-fast-forward or deletion refused';
    throw new RegistryError('contended', `remote ${this.#target.label}: the probe was moved by somebody else`, {
      hint: 'run the command again',
    });
  }

  #skip(...names: readonly Probe['name'][]): void {
    for (const name of names) this.#probes.push({ name, outcome: 'skipped', message: null });
  }

  #conclude(label: DoctorResult['label'], left: string | null): DoctorResult {
    const accepted = new Set(this.#probes.flatMap(({ name, outcome }) => (outcome === 'accepted' ? [name] : [])));
    const lacks: DoctorResult['lacks'][number][] = label === 'closed' ? ['registry-refs'] : [];
    if (accepted.has('create-unlogged')) lacks.push('unlogged-refs-refused');
    if (accepted.has('move')) lacks.push('moves-refused');
    if (accepted.has('delete')) lacks.push('deletes-refused');
    return { remote: this.#target.label, label, probes: this.#probes, lacks, left };
  }
}
