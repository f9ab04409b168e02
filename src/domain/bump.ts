/** `--bump auto`: which part of the version a change raises, and why (the seed's semver rule). */
import { encodeJson, type JsonObject, type JsonValue } from './canonical-json.ts';
import type { Bump } from './version-order.ts';

/** What of an entry decides the bump. */
export interface BumpBasis {
  readonly config: JsonValue | undefined;
  readonly corpus: string | undefined;
}

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

/** Decides: major when the architecture differs, minor when the corpus does, else patch. */
export function decideBump(before: BumpBasis, after: BumpBasis): BumpDecision {
  const members = differingMembers(before.config, after.config);
  if (members.length > 0) return { bump: 'major', reason: `config.json differs in ${members.slice(0, 5).join(', ')}` };
  if (before.corpus !== after.corpus) {
    return {
      bump: 'minor',
      reason: `the corpus went from ${nameCorpus(before.corpus)} to ${nameCorpus(after.corpus)}`,
    };
  }
  return { bump: 'patch', reason: 'same architecture, same corpus' };
}
