/** Lists what a remote has of the registry: one `git ls-remote` (format §7.2). */
import { isObjectId, type ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ListedTag, RefWish, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefListing } from '../../ports/ref-store.ts';
import type { GitRunner } from '../git-runner.ts';
import { isRegistryName, parseTagRef, REGISTRY_PATTERN, TAG_PATTERN } from '../ref-names.ts';
import { sortOut } from '../sort-out-refs.ts';
import { answersTo, prefixOfWish, tooManyRefs } from './ref-wishes.ts';
import { remoteFault } from './remote-fault.ts';

/** A line of a listing that is believed is at most so long, on average. */
export const BYTES_A_REF = 400;
/** What `ls-remote` puts behind the name of an annotated tag to say what it is of. */
const PEELED = '^{}';

/** Returns the refs and the odd ones. Throws `remote-too-large`, and what {@link remoteFault} gives. */
export async function listRemote(git: GitRunner, target: RemoteTarget, caps: RemoteCaps): Promise<RefListing> {
  const lines = await askGit(git, target, caps, ['--refs', '--', target.address, REGISTRY_PATTERN]);
  const raw = lines.filter(({ name }) => isRegistryName(name));
  if (raw.length > caps.refs) throw tooManyRefs(target, caps);
  return sortOut(raw, { kind: 'all' });
}

/** Returns the tags. Throws as {@link listRemote} does. */
export async function listTags(git: GitRunner, target: RemoteTarget, caps: RemoteCaps): Promise<readonly ListedTag[]> {
  const lines = await askGit(git, target, caps, ['--', target.address, TAG_PATTERN]);
  if (lines.length > caps.refs * 2) throw tooManyRefs(target, caps);
  const peeled = new Map(lines.map(({ id, name }) => [name, id]));
  return lines.flatMap(({ id, name }) => {
    const tag = name.endsWith(PEELED) ? undefined : parseTagRef(name);
    return tag === undefined ? [] : [{ name: tag, id, target: peeled.get(name + PEELED) ?? id }];
  });
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
  const lines = await askGit(git, target, caps, ['--refs', '--', target.address, ...patterns]);
  const raw = lines.filter(({ name }) => isRegistryName(name));
  return answersTo(wishes, raw, target, caps);
}

async function askGit(
  git: GitRunner,
  target: RemoteTarget,
  caps: RemoteCaps,
  args: readonly string[],
): Promise<readonly { readonly id: ObjectId; readonly name: string }[]> {
  const asked = ['-c', 'protocol.version=2', 'ls-remote', ...args];
  const result = await git.run(asked, { maxBytes: caps.refs * BYTES_A_REF }).catch((error: unknown) => {
    throw error instanceof RegistryError && error.data['maxBytes'] !== undefined ? tooManyRefs(target, caps) : error;
  });
  if (result.exitCode !== 0) throw remoteFault(target.label, result);
  const lines = result.stdout.toString('latin1').split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const cut = line.indexOf('\t');
    const [id, name] = [line.slice(0, cut), line.slice(cut + 1)];
    return isObjectId(id) ? [{ id, name }] : [];
  });
}
