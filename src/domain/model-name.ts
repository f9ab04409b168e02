/** Model names and how refs spell them (format §5.1). */
import { caseFold } from './case-fold.ts';
import { RegistryError } from './errors.ts';
import { isWindowsReserved } from './reserved-name.ts';
import { encodeUtf8, isWellFormed } from './utf8.ts';
import { findVersion } from './version.ts';

declare const brand: unique symbol;

/** A legal model name, NFC: `model` or `namespace/model`. */
export type ModelName = string & { readonly [brand]: 'model-name' };

/** Why a text is no model name: the code, and how a message goes on. */
const REASONS = {
  segments: 'expected MODEL or NAMESPACE/MODEL',
  'not-utf-8': 'expected valid UTF-8',
  'not-nfc': 'expected Unicode in composed form (NFC)',
  control: 'expected no control characters',
  digest: 'expected no 7 to 64 hex digits, which name an entry',
  version: 'expected no version',
  latest: 'expected another name than "latest", which names a version',
  stage: 'expected no name of a stage',
  'windows-reserved': 'expected no device name of Windows',
  'too-long': 'expected at most 200 bytes a segment, as refs spell it',
} as const;

/** Why a text is no model name. */
export type ModelNameReason = keyof typeof REASONS;

/** Longest segment of a ref, encoded, so that `.lock` and the limits of file systems have room. */
const MAX_SEGMENT = 200;

/** Stages that every model has; slots are a matter of policy. */
const DERIVED_STAGES: readonly string[] = ['development', 'archived'];
const DEFAULT_SLOTS: readonly string[] = ['staging', 'production'];

/**
 * Returns a text, normalised to NFC, as a model name. No segment may be one of `slots`. Throws `bad-model-name` with
 * data `{name, reason}`.
 */
export function parseModelName(text: string, slots: readonly string[] = DEFAULT_SLOTS): ModelName {
  const name = text.normalize('NFC');
  const reason = explainModelName(name) ?? (name.split('/').some((part) => slots.includes(part)) ? 'stage' : undefined);
  if (reason === undefined) return name as ModelName;
  const message = `model name ${JSON.stringify(text.slice(0, 80))}: ${REASONS[reason]}`;
  throw new RegistryError('bad-model-name', message, { data: { name: text, reason } });
}

/** Tells whether a text is a legal model name as stored. Slots may be: what is one is up to a policy that can change. */
export function isModelName(text: unknown): text is ModelName {
  return typeof text === 'string' && explainModelName(text) === undefined;
}

function explainModelName(name: string): ModelNameReason | undefined {
  if (!isWellFormed(name)) return 'not-utf-8';
  if (name !== name.normalize('NFC')) return 'not-nfc';
  const segments = name.split('/');
  if (segments.length > 2) return 'segments';
  for (const segment of segments) {
    const reason = explainSegment(segment);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function explainSegment(segment: string): ModelNameReason | undefined {
  if (segment === '') return 'segments';
  if (/\p{Control}/u.test(segment)) return 'control';
  if (/^[0-9a-f]{7,64}$/i.test(segment)) return 'digest';
  if (findVersion(segment) !== undefined) return 'version';
  if (segment === 'latest') return 'latest';
  if (DERIVED_STAGES.includes(segment)) return 'stage';
  if (isWindowsReserved(segment)) return 'windows-reserved';
  if (encodeSegment(segment).length > MAX_SEGMENT) return 'too-long';
  return undefined;
}

/** Returns the part of a ref name that stands for a model: its segments percent-encoded, joined by a slash. */
export function encodeModelName(model: ModelName): string {
  return model.split('/').map(encodeSegment).join('/');
}

/** Percent-encodes what git refuses in a ref, or a file system or an argument list would take for something else. */
function encodeSegment(segment: string): string {
  const lock = /\.lock$/i.test(segment) ? segment.length - '.lock'.length : -1;
  let encoded = '';
  let at = 0;
  for (const character of segment) {
    encoded += isPlainAt(segment, at, lock) ? character : percentEncode(character);
    at += character.length;
  }
  return encoded;
}

function isPlainAt(segment: string, at: number, lock: number): boolean {
  const character = segment.charAt(at);
  if (character === '.') return at > 0 && at < segment.length - 1 && segment[at + 1] !== '.' && at !== lock;
  if (character === '-') return at > 0;
  return /^[A-Za-z0-9_]$/.test(character);
}

function percentEncode(character: string): string {
  return Array.from(encodeUtf8(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** Returns the model of a ref, or undefined where the path is odd: not exactly the encoding of what it decodes to. */
export function decodeModelName(refPath: string): ModelName | undefined {
  let name: string;
  try {
    name = decodeURIComponent(refPath);
  } catch {
    return undefined;
  }
  return isModelName(name) && encodeModelName(name) === refPath ? name : undefined;
}

/** Returns what must be unique among models: the name with case differences removed. */
export function foldModelName(model: ModelName): string {
  return caseFold(model);
}

/** Returns what models that look alike share: the folded name without `-`, `_` and `.`. */
export function similarModelKey(model: ModelName): string {
  return foldModelName(model).replace(/[-_.]/g, '');
}

/** How a name meets the models that exist: `similar` needs `--allow-similar`, the others are refused. */
export type ModelCollision =
  | { readonly kind: 'none' }
  | { readonly kind: 'same-fold' | 'namespace' | 'similar'; readonly with: ModelName };

/** Returns the worst collision of a name with other models. A model does not collide with itself. */
export function collidesWith(model: ModelName, existing: Iterable<ModelName>): ModelCollision {
  const found = new Map<ModelCollision['kind'], ModelCollision>();
  for (const other of existing) {
    const kind = collisionOf(model, other);
    if (kind !== 'none' && !found.has(kind)) found.set(kind, { kind, with: other });
  }
  return found.get('same-fold') ?? found.get('namespace') ?? found.get('similar') ?? { kind: 'none' };
}

function collisionOf(model: ModelName, other: ModelName): ModelCollision['kind'] {
  if (model === other) return 'none';
  const [mine, theirs] = [foldModelName(model), foldModelName(other)];
  if (mine === theirs) return 'same-fold';
  if (mine.startsWith(`${theirs}/`) || theirs.startsWith(`${mine}/`)) return 'namespace';
  return similarModelKey(model) === similarModelKey(other) ? 'similar' : 'none';
}
