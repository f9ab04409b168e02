/** Profiles: what a bundle must contain, and which of its files are stored in canonical form (format §3.2-3.4). */
import { RegistryError } from './errors.ts';

/** What a bundle must contain (format §3.2, §3.3). */
export type Profile = 'lm/1' | 'files/1';

/** The files of profile `lm/1`, in the order in which its SHA takes them. */
export const LM_FILES = [
  'model.safetensors',
  'tokenizer.json',
  'config.json',
  'eval_report.json',
  'train_manifest.json',
] as const;

/** Files of profile `files/1` that are stored in canonical form. */
const CANONICAL_FILES: readonly string[] = ['eval_report.json', 'train_manifest.json'];

/** What decides the profile of a bundle. */
export interface ProfileRequest {
  /** What the user asked for. */
  readonly requested?: Profile | undefined;
  /** The profile of the model's first registered entry. */
  readonly modelProfile?: Profile | undefined;
  /** The paths of the bundle, without files that registration skips; to decide by them, also without files made from flags. */
  readonly paths: readonly string[];
}

/** How a bundle differs from what its profile wants. */
export interface ProfileMismatch {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** Tells whether a value names a profile that this program knows. */
export function isProfile(value: unknown): value is Profile {
  return value === 'lm/1' || value === 'files/1';
}

/** Returns the profile that a text names. Throws `usage`. */
export function parseProfile(text: string): Profile {
  if (isProfile(text)) return text;
  throw new RegistryError('usage', `profile: expected lm/1 or files/1, got ${JSON.stringify(text.slice(0, 80))}`, {
    data: { profile: text },
  });
}

/** Returns how files differ from what a profile wants, or undefined where they satisfy it. */
export function findMismatch(profile: Profile, paths: readonly string[]): ProfileMismatch | undefined {
  if (profile === 'files/1') return paths.length > 0 ? undefined : { missing: [], extra: [] };
  const missing = LM_FILES.filter((name) => !paths.includes(name));
  const extra = paths.filter((path) => !(LM_FILES as readonly string[]).includes(path));
  return missing.length + extra.length > 0 ? { missing, extra } : undefined;
}

/**
 * Decides the profile of a bundle (format §3.4): as requested, else as the model has it, else by the files. Throws
 * `bad-bundle` with data `{profile, missing, extra}` where the files do not satisfy it, which includes half of an `lm/1`.
 */
export function planProfile(request: ProfileRequest): Profile {
  const profile = request.requested ?? request.modelProfile ?? profileByFiles(request.paths);
  const mismatch = findMismatch(profile, request.paths);
  if (mismatch === undefined) return profile;
  throw new RegistryError('bad-bundle', `bundle: expected the files of profile ${profile}, ${describe(mismatch)}`, {
    data: { profile, ...mismatch },
  });
}

/** A bundle that looks like `lm/1` is taken for one, so that half of one is refused and not registered as files. */
function profileByFiles(paths: readonly string[]): Profile {
  const isReported = paths.includes('train_manifest.json') || paths.includes('eval_report.json');
  return paths.includes('model.safetensors') && isReported ? 'lm/1' : 'files/1';
}

function describe({ missing, extra }: ProfileMismatch): string {
  const parts = [
    ...(missing.length > 0 ? [`missing ${missing.join(', ')}`] : []),
    ...(extra.length > 0 ? [`got also ${extra.slice(0, 10).join(', ')}${extra.length > 10 ? ', ...' : ''}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'got none';
}

/** Tells whether a profile stores a file in canonical JSON form; its bytes and digests are of that form. */
export function isCanonicalFile(profile: Profile, path: string): boolean {
  return profile === 'lm/1' ? path.endsWith('.json') : CANONICAL_FILES.includes(path);
}
