/** How refs are spelled (format §5): the only file with ref literals. */
import { isSha256 } from '../domain/digest.ts';
import { unreachable } from '../domain/errors.ts';
import { decodeModelName, encodeModelName, type ModelName } from '../domain/model-name.ts';
import type { RefKey } from '../domain/ref-key.ts';
import { isSlotName } from '../domain/state.ts';
import { isVersion } from '../domain/version.ts';
import type { RefFilter } from '../ports/ref-store.ts';

/** Everything the registry owns is under this prefix. */
const ROOT = 'refs/registry/';

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
  return path.startsWith(`${commonDir}/${ROOT}`) && path.endsWith('.lock');
}
