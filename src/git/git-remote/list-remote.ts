/** Lists what a remote has of the registry: one `git ls-remote` (format §7.2). */
import { isObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefListing } from '../../ports/ref-store.ts';
import type { GitRunner } from '../git-runner.ts';
import { isRegistryName, REGISTRY_PATTERN } from '../ref-names.ts';
import { sortOut } from '../sort-out-refs.ts';
import { remoteFault } from './remote-fault.ts';

/** A line of a listing that is believed is at most so long, on average. */
const BYTES_A_REF = 400;

/** Returns the refs and the odd ones. Throws `remote-too-large`, and what {@link remoteFault} gives. */
export async function listRemote(git: GitRunner, target: RemoteTarget, caps: RemoteCaps): Promise<RefListing> {
  const args = ['-c', 'protocol.version=2', 'ls-remote', '--refs', '--', target.address, REGISTRY_PATTERN];
  const result = await git.run(args, { maxBytes: caps.refs * BYTES_A_REF }).catch((error: unknown) => {
    throw error instanceof RegistryError && error.data['maxBytes'] !== undefined ? tooManyRefs(target, caps) : error;
  });
  if (result.exitCode !== 0) throw remoteFault(target.label, result);
  const lines = result.stdout.toString('latin1').split('\n').slice(0, -1);
  const raw = lines.flatMap((line) => {
    const cut = line.indexOf('\t');
    const [id, name] = [line.slice(0, cut), line.slice(cut + 1)];
    return isObjectId(id) && isRegistryName(name) ? [{ id, name }] : [];
  });
  if (raw.length > caps.refs) throw tooManyRefs(target, caps);
  return sortOut(raw, { kind: 'all' });
}

function tooManyRefs({ label }: RemoteTarget, { refs }: RemoteCaps): RegistryError {
  return new RegistryError('remote-too-large', `remote ${label}: expected at most ${refs} refs of the registry`, {
    data: { remote: label, refs },
    hint: 'git config registry.maxRemoteRefs NUMBER',
  });
}
