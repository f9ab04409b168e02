/** What can be said of a bundle's content: safetensors headers, sharded indexes, the tokenizer that training named. */
import { type JsonValue, parseJson } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import { type Finding, finding } from '../domain/finding.ts';
import type { ManifestFile, Profile } from '../domain/manifest.ts';
import { checkSafetensorsHeader, type SafetensorsCheck } from '../domain/safetensors.ts';
import { findSecrets } from '../domain/secret-patterns.ts';
import { checkShardedIndexes } from '../domain/sharded-index.ts';
import { readTrainManifest } from '../domain/train-manifest.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import { checkFormat, detectFormat, FORMAT_HEAD_BYTES } from '../domain/weights-format.ts';
import type { BundleInput, PreparedBundle } from './prepare-bundle.ts';
import type { Workspace } from './workspace.ts';

/** Access to a bundle's bytes, wherever they are. */
export interface BundleContent {
  readonly files: readonly ManifestFile[];
  /** Reads the first bytes of a file; undefined where its bytes are not here. */
  readHead(path: string, length: number): Promise<Uint8Array | undefined>;
  /** Reads a small file; undefined where its bytes are not here. */
  readAll(path: string): Promise<Uint8Array | undefined>;
}

/** Largest safetensors header (as the format's own reader has it). */
const HEADER_LIMIT = 100_000_000;

/** Inspects a bundle before it is registered. Under lm/1 broken weights are refused: `bad-weights`. */
export async function inspectBundle(
  workspace: Workspace,
  profile: Profile,
  inputs: readonly BundleInput[],
  bundle: PreparedBundle,
): Promise<readonly Finding[]> {
  const sources = new Map(
    inputs.flatMap((input) => (input.kind === 'file' ? [[input.path, input.source.source] as const] : [])),
  );
  const source = await workspace.source();
  const findings = await inspectContent({
    files: bundle.files,
    readHead: async (path, length) => {
      const stored = bundle.gitFiles.get(path);
      if (stored !== undefined) return stored.subarray(0, length);
      const from = sources.get(path);
      return from === undefined ? undefined : source.readHead(from, length);
    },
    readAll: async (path) => bundle.gitFiles.get(path),
  });
  const broken = findings.find(({ code }) => code === 'safetensors-invalid' || code === 'format-mismatch');
  if (profile === 'lm/1' && broken !== undefined) {
    throw new RegistryError('bad-weights', `${broken.subject}: ${broken.message}`, {
      data: { path: broken.subject, profile },
    });
  }
  return findings;
}

/** Inspects whatever bytes are at hand. */
export async function inspectContent(content: BundleContent): Promise<readonly Finding[]> {
  const headers = new Map<string, SafetensorsCheck>();
  const findings: Finding[] = [];
  for (const file of content.files) {
    if (file.role !== 'weights') continue;
    const mismatch = await formatMismatch(content, file);
    if (mismatch !== undefined) findings.push(mismatch);
    if (!file.path.endsWith('.safetensors')) continue;
    const checked = await readHeader(content, file);
    if (checked === undefined) continue;
    headers.set(file.path, checked);
    if (checked.kind === 'invalid') findings.push(finding('safetensors-invalid', file.path, checked.message));
  }
  findings.push(...(await inspectIndexes(content, headers)));
  return [...findings, ...(await inspectTokenizer(content)), ...(await inspectTexts(content))];
}

async function formatMismatch(content: BundleContent, file: ManifestFile): Promise<Finding | undefined> {
  const head = await content.readHead(file.path, FORMAT_HEAD_BYTES);
  // A safetensors file has a check of its own, which says more.
  if (head === undefined || file.path.endsWith('.safetensors')) return undefined;
  const message = checkFormat(detectFormat(head, file.path, file.bytes), file.path);
  return message === undefined ? undefined : finding('format-mismatch', file.path, message);
}

async function readHeader(content: BundleContent, file: ManifestFile): Promise<SafetensorsCheck | undefined> {
  const firstEight = await content.readHead(file.path, 8);
  if (firstEight === undefined) return undefined;
  const length =
    firstEight.length === 8
      ? Number(new DataView(firstEight.buffer, firstEight.byteOffset, 8).getBigUint64(0, true))
      : 0;
  const readable = length > 0 && length <= HEADER_LIMIT && length <= file.bytes - 8;
  const head = readable ? await content.readHead(file.path, 8 + length) : undefined;
  return checkSafetensorsHeader({ firstEight, headerBytes: head?.subarray(8) }, file.bytes);
}

async function inspectIndexes(
  content: BundleContent,
  headers: ReadonlyMap<string, SafetensorsCheck>,
): Promise<readonly Finding[]> {
  const indexes = new Map<string, JsonValue>();
  for (const { path } of content.files) {
    if (!path.endsWith('.index.json')) continue;
    const body = await content.readAll(path);
    const parsed = body === undefined ? undefined : tryParse(body, path);
    if (parsed !== undefined) indexes.set(path, parsed);
  }
  return checkShardedIndexes(
    content.files.map(({ path }) => path),
    indexes,
    (path) => {
      const header = headers.get(path);
      return header?.kind === 'valid' ? new Set(header.tensors.keys()) : undefined;
    },
  );
}

function tryParse(body: Uint8Array, path: string): JsonValue | undefined {
  try {
    return parseJson(body, path);
  } catch {
    return null;
  }
}

/** Only what git keeps: it goes wherever the registry goes, and stays. */
async function inspectTexts(content: BundleContent): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { path, store } of content.files) {
    const body = store === 'git' ? await content.readAll(path) : undefined;
    const text = body === undefined ? undefined : decodeUtf8(body);
    if (text === undefined) continue;
    findings.push(
      ...findSecrets(text).map(({ what, line }) =>
        finding('secret-suspected', path, `line ${line} looks like ${what}`),
      ),
    );
  }
  return findings;
}

async function inspectTokenizer(content: BundleContent): Promise<readonly Finding[]> {
  const body = await content.readAll('train_manifest.json');
  const stated =
    body === undefined ? undefined : readTrainManifest(parseJson(body, 'train_manifest.json')).tokenizerSha;
  const tokenizer = content.files.find(({ path }) => path === 'tokenizer.json');
  if (stated === undefined || tokenizer === undefined || stated === tokenizer.sha256) return [];
  return [
    finding(
      'tokenizer-differs',
      'train_manifest.json',
      `tokenizer_sha is ${stated}, the bundle's tokenizer.json ${tokenizer.sha256}`,
    ),
  ];
}
