/** What a train manifest states (format §3.7): parents and inputs, which bind, and origins, which are for reading only. */
import { isJsonArray, isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from './canonical-json.ts';
import { isSha256, type Sha256 } from './digest.ts';
import { RegistryError } from './errors.ts';

/** The members that the registry reads. What is absent states nothing. */
export interface TrainManifest {
  /** The one parent; null states that there is none. */
  readonly parentSha?: Sha256 | null;
  /** In the order of the file. */
  readonly inputShas?: readonly Sha256[];
  readonly corpusDvcHash?: string;
  readonly tokenizerSha?: string;
  readonly codeGitSha?: string;
  /** Every digit, as 64-bit seeds need. */
  readonly seed?: string;
  readonly hparams?: JsonObject;
  readonly mlflowRunId?: string;
  readonly environment?: JsonValue;
}

/**
 * Reads a root-level train manifest. One that is no object states nothing. Throws `bad-bundle` with data `{member}`
 * where `parent_sha` or `input_shas` are of another type than format §3.7 says; other members of a wrong type are left
 * out.
 */
export function readTrainManifest(value: JsonValue): TrainManifest {
  if (!isJsonObject(value)) return {};
  const [parentSha, inputShas] = [readParent(value), readInputs(value)];
  const [seed, hparams, environment] = [readSeed(value), value.get('hparams'), value.get('environment')];
  return {
    ...(parentSha === undefined ? {} : { parentSha }),
    ...(inputShas === undefined ? {} : { inputShas }),
    ...textMember(value, 'corpus_dvc_hash', 'corpusDvcHash'),
    ...textMember(value, 'tokenizer_sha', 'tokenizerSha'),
    ...textMember(value, 'code_git_sha', 'codeGitSha'),
    ...(seed === undefined ? {} : { seed }),
    ...(isJsonObject(hparams) ? { hparams } : {}),
    ...textMember(value, 'mlflow_run_id', 'mlflowRunId'),
    ...(environment === undefined ? {} : { environment }),
  };
}

function readParent(manifest: JsonObject): Sha256 | null | undefined {
  const value = manifest.get('parent_sha');
  if (value === undefined || value === null || isSha256(value)) return value;
  throw wrongMember('parent_sha', '64 lower-case hex digits or null');
}

function readInputs(manifest: JsonObject): readonly Sha256[] | undefined {
  const value = manifest.get('input_shas');
  if (value === undefined) return undefined;
  if (isJsonArray(value) && value.every(isSha256)) return value;
  throw wrongMember('input_shas', 'an array of 64 lower-case hex digits each');
}

function readSeed(manifest: JsonObject): string | undefined {
  const value = manifest.get('seed');
  if (isJsonNumber(value)) return value.text;
  return typeof value === 'string' ? value : undefined;
}

function textMember<K extends string>(manifest: JsonObject, key: string, name: K): Partial<Record<K, string>> {
  const value = manifest.get(key);
  return typeof value === 'string' ? ({ [name]: value } as Record<K, string>) : {};
}

function wrongMember(member: string, expected: string): RegistryError {
  return new RegistryError('bad-bundle', `train_manifest.json: ${member}: expected ${expected}, got another value`, {
    data: { file: 'train_manifest.json', member },
  });
}
