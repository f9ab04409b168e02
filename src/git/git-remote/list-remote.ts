/** Lists what a remote has of the registry: one `git ls-remote` (format §7.2). */
import { isObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { RefWish, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefListing } from '../../ports/ref-store.ts';
import type { GitRunner } from '../git-runner.ts';
import type { RawRef } from '../packed-refs.ts';
import { isRegistryName, REGISTRY_PATTERN } from '../ref-names.ts';
import { sortOut } from '../sort-out-refs.ts';
import { answersTo, prefixOfWish, tooManyRefs } from './ref-wishes.ts';
import { remoteFault } from './remote-fault.ts';

/** A line of a listing that is believed is at most so long, on average. */
export const BYTES_A_REF = 400;

/** Returns the refs and the odd ones. Throws `remote-too-large`, and what {@link remoteFault} gives. */
export async function listRemote(git: GitRunner, target: RemoteTarget, caps: RemoteCaps): Promise<RefListing> {
  const raw = await askGit(git, target, [REGISTRY_PATTERN], caps);
  if (raw.length > caps.refs) throw tooManyRefs(target, caps);
  return sortOut(raw, { kind: 'all' });
}

/** Returns those refs that are wished for. Throws the same. */
export async function listWished(
  git: GitRunner,
  target: RemoteTarget,
  wishes: readonly RefWish[],
  caps: RemoteCaps,
): Promise<RefListing> {
  // Encoded names hold nothing that a pattern takes for more than itself.
  const patterns = wishes.map((wish) => prefixOfWish(wish) + (wish.kind === 'ref' ? '' : '*'));
  return answersTo(wishes, await askGit(git, target, patterns, caps), target, caps);
}

async function askGit(
  git: GitRunner,
  target: RemoteTarget,
  patterns: readonly string[],
  caps: RemoteCaps,
): Promise<readonly RawRef[]> {
  const args = ['-c', 'protocol.version=2', 'ls-remote', '--refs', '--', target.address, ...patterns];
  const result = await git.run(args, { maxBytes: caps.refs * BYTES_A_REF }).catch((error: unknown) => {
    throw error instanceof RegistryError && error.data['maxBytes'] !== undefined ? tooManyRefs(target, caps) : error;
  });
  if (result.exitCode !== 0) throw remoteFault(target.label, result);
  const lines = result.stdout.toString('latin1').split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const cut = line.indexOf('\t');
    const [id, name] = [line.slice(0, cut), line.slice(cut + 1)];
    return isObjectId(id) && isRegistryName(name) ? [{ id, name }] : [];
  });
}
