/** The files of a generated entry: an lm/1 bundle as a small training run leaves it, a pure function of its place. */
import { createHash } from 'node:crypto';
import { type Md5, type ObjectId, type Sha256, sha256Of } from '../../../src/domain/digest.ts';
import { buildManifest } from '../../../src/domain/identity.ts';
import type { Manifest, ManifestFile } from '../../../src/domain/manifest.ts';
import { roleOf, storeOf } from '../../../src/domain/role.ts';
import { encodeUtf8 } from '../../../src/domain/utf8.ts';

/** What makes one generated bundle differ from all others. */
export interface BundlePlace {
  readonly model: string;
  readonly index: number;
  readonly parent: Sha256 | undefined;
  /** A commit of the repository: the training code. */
  readonly code: ObjectId;
}

/** A bundle: its manifest, and the files that git keeps. */
export interface GeneratedBundle {
  readonly manifest: Manifest;
  readonly gitFiles: ReadonlyMap<string, Uint8Array>;
}

const CONFIG = encodeUtf8('{"hidden_size":64,"model_type":"bench","num_hidden_layers":4}');
const TOKENIZER = encodeUtf8(`{"model":{"type":"BPE","vocab":{${vocabulary()}}}}`);
const TOKENIZER_SHA = sha256Of(TOKENIZER);

function vocabulary(): string {
  const tokens = Array.from({ length: 500 }, (_, index) => `"token${String(index).padStart(3, '0')}":${index}`);
  return tokens.join(',');
}

/** Returns the bundle of a place. Its weights are nowhere: only their digests count in a registry. */
export function generateBundle(place: BundlePlace): GeneratedBundle {
  const gitFiles = new Map<string, Uint8Array>([
    ['config.json', CONFIG],
    ['eval_report.json', encodeUtf8(evalReport(place))],
    ['tokenizer.json', TOKENIZER],
    ['train_manifest.json', encodeUtf8(trainManifest(place))],
  ]);
  const files = [...Array.from(gitFiles, ([path, body]) => gitFile(path, body)), weightsFile(place)];
  const parents = place.parent === undefined ? [] : [place.parent];
  return { manifest: buildManifest({ profile: 'lm/1', parents, inputs: [], files }), gitFiles };
}

/** Canonical JSON by hand: members in order, floats as their shortest digits. */
function evalReport({ index }: BundlePlace): string {
  const accuracy = (7000 + ((index * 37) % 2999)) / 10_000;
  return `{"accuracy":${accuracy},"by_tense":{"past":${accuracy},"present":${accuracy}},"loss":1.25,"samples":480}`;
}

function trainManifest({ model, index, parent, code }: BundlePlace): string {
  return JSON.stringify({
    code_git_sha: code,
    corpus_dvc_hash: digest('md5', `corpus ${model} ${Math.floor(index / 10)}`),
    environment: { node: '20.19.0', platform: 'linux' },
    hparams: { batch_size: 32, epochs: 3, lr: '3e-4' },
    mlflow_run_id: digest('md5', `run ${model} ${index}`),
    parent_sha: parent ?? null,
    seed: index,
    tokenizer_sha: TOKENIZER_SHA,
  });
}

function gitFile(path: string, body: Uint8Array): ManifestFile {
  return { path, role: roleOf(path), bytes: body.length, sha256: digest('sha256', body) as Sha256, store: 'git' };
}

function weightsFile({ model, index }: BundlePlace): ManifestFile {
  const [path, text] = ['model.safetensors', `weights ${model} ${index}`];
  const role = roleOf(path);
  if (storeOf(role, text.length) !== 'cache') throw new Error('expected weights to be kept in the cache');
  const sha256 = digest('sha256', text) as Sha256;
  return { path, role, bytes: text.length, sha256, md5: digest('md5', text) as Md5, store: 'cache' };
}

function digest(algorithm: 'md5' | 'sha256', input: string | Uint8Array): string {
  return createHash(algorithm).update(input).digest('hex');
}
