/** How refs are spelled (format §5): the only file with ref literals. */
import { isSha256, type Sha256 } from '../domain/digest.ts';
import { unreachable } from '../domain/errors.ts';
import { decodeModelName, encodeModelName, type ModelName } from '../domain/model-name.ts';
import type { RefKey } from '../domain/ref-key.ts';
import { isSlotName } from '../domain/state.ts';
import { isVersion } from '../domain/version.ts';
import type { PushedName } from '../ports/pushed-refs.ts';
import type { RefFilter } from '../ports/ref-store.ts';

/** Everything the registry owns is under this prefix. */
const ROOT = 'refs/registry/';

/** What remotes had when they were last verified, by remote. */
const VERIFIED_ROOT = 'refs/registry-remote/';
/** Tips that a replay left behind. */
const LOST_ROOT = 'refs/registry-lost/';
/** What is being fetched, by fetch. */
const INCOMING_ROOT = 'refs/registry-incoming/';

/** The folder of each kind of ref. */
const FOLDERS = {
  entry: 'sha',
  pending: 'pending',
  version: 'semver',
  stage: 'stage',
  tombstone: 'tombstone',
  log: 'log',
} as const satisfies Record<RefKey['kind'], string>;

/** The folders in which every registration leaves a ref. */
export const ENTRY_FOLDERS: readonly string[] = [ROOT + FOLDERS.entry, ROOT + FOLDERS.pending];

/** The folder of what remotes had: a fetch may leave thousands of refs there. */
export const VERIFIED_FOLDER: string = VERIFIED_ROOT.slice(0, -1);

/** Returns the name of a ref. */
export function refNameOf(key: RefKey): string {
  const folder = ROOT + FOLDERS[key.kind];
  switch (key.kind) {
    case 'entry':
      return `${folder}/${key.sha256}`;
    case 'log':
      return `${folder}/${encodeModelName(key.model)}`;
    case 'pending':
    case 'tombstone':
      return `${folder}/${encodeModelName(key.model)}/${key.sha256}`;
    case 'version':
      return `${folder}/${encodeModelName(key.model)}/${key.version}`;
    case 'stage':
      return `${folder}/${encodeModelName(key.model)}/${key.slot}`;
    default:
      return unreachable(key);
  }
}

/** How the model part of a ref name is read. A listing remembers what it has read: it has few models and many refs. */
export type ModelDecoder = (path: string) => ModelName | undefined;

/** Returns the key of a ref name, or undefined where the name is odd: not of format §5, or spelled as no encoder spells it. */
export function parseRefName(name: string, decode: ModelDecoder = decodeModelName): RefKey | undefined {
  const [, folder, rest] = /^refs\/registry\/([a-z]+)\/(.+)$/.exec(name) ?? [];
  if (folder === undefined || rest === undefined) return undefined;
  if (folder === FOLDERS.entry) return isSha256(rest) ? { kind: 'entry', sha256: rest } : undefined;
  if (folder === FOLDERS.log) {
    const model = decode(rest);
    return model === undefined ? undefined : { kind: 'log', model };
  }
  const cut = rest.lastIndexOf('/');
  const model = cut < 0 ? undefined : decode(rest.slice(0, cut));
  return model === undefined ? undefined : keyInFolder(folder, model, rest.slice(cut + 1));
}

/** Returns a decoder that decodes each path once. */
export function rememberingDecoder(): ModelDecoder {
  const known = new Map<string, ModelName | undefined>();
  return (path) => {
    if (!known.has(path)) known.set(path, decodeModelName(path));
    return known.get(path);
  };
}

function keyInFolder(folder: string, model: ModelName, last: string): RefKey | undefined {
  if (folder === FOLDERS.version && isVersion(last)) return { kind: 'version', model, version: last };
  if (folder === FOLDERS.stage && isSlotName(last)) return { kind: 'stage', model, slot: last };
  if (folder === FOLDERS.pending && isSha256(last)) return { kind: 'pending', model, sha256: last };
  if (folder === FOLDERS.tombstone && isSha256(last)) return { kind: 'tombstone', model, sha256: last };
  return undefined;
}

/**
 * Tells what a pushed name is to a registry. In any ASCII case: on a file system that folds case `refs/Registry/` is the
 * registry's own folder.
 */
export function classifyPushedName(name: string): PushedName {
  const key = parseRefName(name);
  if (key !== undefined) return { kind: 'registry', key };
  const [, folder] = /^refs\/([^/]+)(?:\/|$)/.exec(name.toLowerCase()) ?? [];
  if (folder === 'registry') return { kind: 'unknown' };
  if (folder?.startsWith('registry-')) return { kind: 'local' };
  return { kind: folder === 'replace' ? 'replace' : 'other' };
}

/** Returns the beginning that every name of a listing has. */
export function refPrefixOf(filter: RefFilter): string {
  switch (filter.kind) {
    case 'all':
      return ROOT;
    case 'models':
      return `${ROOT}${FOLDERS.log}/`;
    case 'entries':
      return `${ROOT}${FOLDERS.entry}/${filter.prefix}`;
    default:
      return `${ROOT}${FOLDERS[filter.kind]}/${filter.model === undefined ? '' : `${encodeModelName(filter.model)}/`}`;
  }
}

/** Tells whether git takes a name for a ref (`git check-ref-format`); it leaves files of other names alone. */
export function isLegalRefName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what git refuses.
  if (/[\u0000- ~^:?*[\\\u007f]|\.\.|@\{|\/\/|\.$|\/$/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** Returns the ref of a branch; undefined for a name that git does not take for one. */
export function branchRefOf(name: string): string | undefined {
  const ref = `refs/heads/${name}`;
  return isLegalRefName(ref) && !name.startsWith('-') && name !== 'HEAD' ? ref : undefined;
}

/** Tells whether a path is a lock file that git makes for a ref of the registry. */
export function isRegistryRefLock(commonDir: string, path: string): boolean {
  return (
    [ROOT, VERIFIED_ROOT, LOST_ROOT].some((root) => path.startsWith(`${commonDir}/${root}`)) && path.endsWith('.lock')
  );
}

/** Returns the beginning that the verified refs of a remote have; of all remotes without one. */
export function verifiedPrefixOf(remote?: string): string {
  return remote === undefined ? VERIFIED_ROOT : `${VERIFIED_ROOT}${encodeRemoteName(remote)}/`;
}

/** Returns the name under which a ref of a remote is kept once it is verified. */
export function verifiedNameOf(remote: string, key: RefKey): string {
  return verifiedPrefixOf(remote) + refNameOf(key).slice(ROOT.length);
}

/** Returns remote and key of a verified ref, or undefined where the name is odd. */
export function parseVerifiedName(
  name: string,
  decode: ModelDecoder = decodeModelName,
): { readonly remote: string; readonly key: RefKey } | undefined {
  if (!name.startsWith(VERIFIED_ROOT)) return undefined;
  const cut = name.indexOf('/', VERIFIED_ROOT.length);
  const key = cut < 0 ? undefined : parseRefName(ROOT + name.slice(cut + 1), decode);
  return key === undefined ? undefined : { remote: decodeURIComponent(name.slice(VERIFIED_ROOT.length, cut)), key };
}

/** One segment, whatever git allows in the name of a remote. */
function encodeRemoteName(remote: string): string {
  const encoded = encodeURIComponent(remote).replace(
    /[!~*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const isPlain = /^[^.]+(?:\.[^.]+)*$/.test(encoded) && !/\.lock$/i.test(encoded);
  return isPlain ? encoded : encoded.replaceAll('.', '%2E');
}

/** Returns the name of the ref that keeps a tip which a replay left behind. */
export function lostNameOf(model: ModelName, event: string): string {
  return `${LOST_ROOT}${encodeModelName(model)}/${event}`;
}

/** The beginning that all those names have. */
export const LOST_PREFIX = LOST_ROOT;

/** Returns model and event of a lost tip, or undefined where the name is odd. */
export function parseLostName(name: string): { readonly model: ModelName; readonly event: Sha256 } | undefined {
  const cut = name.lastIndexOf('/');
  const [model, event] = [decodeModelName(name.slice(LOST_ROOT.length, cut)), name.slice(cut + 1)];
  return model !== undefined && isSha256(event) ? { model, event } : undefined;
}

/** Returns the name of a log in the quarantine of one fetch. */
export function incomingNameOf(fetch: string, key: RefKey): string {
  return `${INCOMING_ROOT}${fetch}/${refNameOf(key).slice(ROOT.length)}`;
}

/** Returns a name, in the quarantine of one fetch, for a tip that need not be sent again. */
export function knownNameOf(fetch: string, index: number): string {
  return `${INCOMING_ROOT}${fetch}-known/${index}`;
}

/** Returns a name, in the quarantine of one fetch, for a tag that is looked at. */
export function incomingTagOf(fetch: string, index: number): string {
  return `${INCOMING_ROOT}${fetch}-tags/${index}`;
}

/** Where the folder of a push keeps what goes to the remote, by its name there without `refs/`. */
const PUSHED_ROOT = 'refs/pushed/';
/** Where it keeps what the remote must have at that name. */
const LEASED_ROOT = 'refs/leased/';

/** Returns the name, in the folder of a push, of what a ref of the remote is to be. */
export function pushedNameOf(ref: string): string {
  return PUSHED_ROOT + ref.slice('refs/'.length);
}

/** Returns the name, in the folder of a push, of what a ref of the remote must be before. */
export function leasedNameOf(ref: string): string {
  return LEASED_ROOT + ref.slice('refs/'.length);
}

/** All of {@link pushedNameOf}, for `git push`. */
export const PUSHED_REFSPEC: string = `${PUSHED_ROOT}*:refs/*`;

/** All of {@link leasedNameOf}, for `remote.<name>.fetch`. */
export const LEASED_REFSPEC: string = `+refs/*:${LEASED_ROOT}*`;

/** Returns the name under which a clone keeps the default branch of a remote. */
export function remoteDefaultBranch(remote: string): string {
  return `refs/remotes/${remote}/HEAD`;
}

/** Returns the ref that the file of a symbolic ref names; undefined for any other text. */
export function symbolicTarget(text: string): string | undefined {
  return /^ref: (refs\/[^\n]+)\n$/.exec(text)?.[1];
}

/** The HEAD of a repository that has no branch. */
export const UNBORN_HEAD = 'ref: refs/heads/none\n';

/** What `git log` leaves out of decorations: the registry's refs, those of remotes, and what was lost. */
export const DECORATION_PATTERN = 'refs/registry*';

/** What a remote is asked for when it is listed. */
export const REGISTRY_PATTERN: string = `${ROOT}*`;

/** Where git keeps tags: GTO reads no other. */
const TAG_ROOT = 'refs/tags/';

/** What a remote is asked for when its tags are listed. */
export const TAG_PATTERN: string = `${TAG_ROOT}*`;

/** Returns the ref of a tag. */
export function tagRefOf(tag: string): string {
  return TAG_ROOT + tag;
}

/** Returns the tag of a ref; undefined where it is no tag's. */
export function parseTagRef(name: string): string | undefined {
  return name.startsWith(TAG_ROOT) ? name.slice(TAG_ROOT.length) : undefined;
}

/** Tells whether a name is one of the registry's. */
export function isRegistryName(name: string): boolean {
  return name.startsWith(ROOT);
}
