/** `--bump auto`: which part of the version a change raises, and why (the seed's semver rule). */
import { encodeJson, type JsonObject, type JsonValue } from './canonical-json.ts';
import type { Sha256 } from './digest.ts';
import type { Bump } from './version-order.ts';

/** What of an entry decides the bump. */
export interface BumpBasis {
  /** Files of the bundle by path. */
  readonly files: ReadonlyMap<string, Sha256>;
  /** config.json, where it is JSON. */
  readonly config: JsonValue | undefined;
  readonly train: JsonValue | undefined;
}

/** What is looked at: files for a major bump, members of the train manifest (dots go deeper) for a minor one. */
export interface BumpRules {
  readonly major?: readonly string[];
  readonly minor?: readonly string[];
}

const ARCHITECTURE = 'config.json';
const CORPUS = 'corpus_dvc_hash';

/** The part to raise and the reason, for people. */
export interface BumpDecision {
  readonly bump: Bump;
  readonly reason: string;
}

/** Members of config.json that say nothing of the architecture. */
const COSMETIC: ReadonlySet<string> = new Set(['version', '_name_or_path', 'torch_dtype', 'transformers_version']);

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

function differingMembers(before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  if (!isObject(before) || !isObject(after)) {
    const same =
      before !== undefined && after !== undefined ? encodeJson(before) === encodeJson(after) : before === after;
    return same ? [] : ['config.json'];
  }
  const text = (value: JsonValue | undefined): string | undefined =>
    value === undefined ? undefined : encodeJson(value);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => !COSMETIC.has(key) && text(before.get(key)) !== text(after.get(key)))
    .sort();
}

/** Twelve digits tell two digests apart, and the reason fits a line. */
function nameCorpus(corpus: string | undefined): string {
  if (corpus === undefined) return 'none';
  return /^[0-9a-f]{32}(?:\.dir)?$/.test(corpus) ? corpus.slice(0, 12) : corpus;
}

/** Decides: major when a file of the rules differs (config.json), minor when a member does (the corpus), else patch. */
export function decideBump(before: BumpBasis, after: BumpBasis, rules: BumpRules = {}): BumpDecision {
  const { major = [ARCHITECTURE], minor = [CORPUS] } = rules;
  const file = major.map((path) => explainFile(path, before, after)).find((reason) => reason !== undefined);
  if (file !== undefined) return { bump: 'major', reason: file };
  const member = minor.map((name) => explainMember(name, before, after)).find((reason) => reason !== undefined);
  if (member !== undefined) return { bump: 'minor', reason: member };
  const isUsual = rules.major === undefined && rules.minor === undefined;
  return {
    bump: 'patch',
    reason: isUsual ? 'same architecture, same corpus' : `same ${[...major, ...minor].join(', ')}`,
  };
}

function explainFile(path: string, before: BumpBasis, after: BumpBasis): string | undefined {
  if (path !== ARCHITECTURE) return before.files.get(path) === after.files.get(path) ? undefined : `${path} differs`;
  const members = differingMembers(before.config, after.config);
  return members.length === 0 ? undefined : `config.json differs in ${members.slice(0, 5).join(', ')}`;
}

function explainMember(name: string, before: BumpBasis, after: BumpBasis): string | undefined {
  const [was, is] = [memberText(before.train, name), memberText(after.train, name)];
  if (was === is) return undefined;
  if (name === CORPUS) return `the corpus went from ${nameCorpus(was)} to ${nameCorpus(is)}`;
  return `${name} of the train manifest went from ${was ?? 'none'} to ${is ?? 'none'}`;
}

/** Texts as they are, everything else in canonical form. */
function memberText(manifest: JsonValue | undefined, name: string): string | undefined {
  let value = manifest;
  for (const step of name.split('.')) value = isObject(value) ? value.get(step) : undefined;
  return value === undefined || typeof value === 'string' ? value : encodeJson(value);
}
