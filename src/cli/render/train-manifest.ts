/** What `manifest` recorded. */
import { isJsonArray, isJsonNumber, isJsonObject, type JsonValue } from '../../domain/canonical-json.ts';
import type { WriteManifestResult } from '../../operations/write-manifest.ts';
import { type KeyValue, renderKeyValues } from './key-values.ts';
import { formatCount } from './quantity.ts';
import type { Style } from './style.ts';

/** The document: `src/schema/output/manifest.schema.json`. Numbers are text, so that a 64-bit seed keeps its digits. */
export interface ManifestFacts {
  /** Absolute path of the file written. */
  readonly path: string;
  readonly corpus: string | null;
  readonly corpusFrom: WriteManifestResult['corpusFrom'];
  readonly tokenizer: string | null;
  readonly code: string | null;
  readonly branch: string | null;
  readonly dirty: boolean | null;
  readonly seed: string | null;
  /** Names of the hyperparameters. */
  readonly params: readonly string[];
  readonly runId: string | null;
  readonly parent: string | null;
  readonly python: string | null;
  /** Number of Python packages recorded. */
  readonly packages: number | null;
}

/** Returns what was recorded. */
export function manifestFacts({ path, manifest, corpusFrom }: WriteManifestResult): ManifestFacts {
  const member = (name: string): string | null => textOf(manifest.get(name));
  const dirty = manifest.get('code_git_dirty');
  const hparams = manifest.get('hparams');
  const environment = manifest.get('environment');
  const packages = isJsonObject(environment) ? environment.get('packages') : undefined;
  return {
    path,
    corpus: member('corpus_dvc_hash'),
    corpusFrom,
    tokenizer: member('tokenizer_sha'),
    code: member('code_git_sha'),
    branch: member('code_git_branch'),
    dirty: typeof dirty === 'boolean' ? dirty : null,
    seed: member('seed'),
    params: isJsonObject(hparams) ? [...hparams.keys()] : [],
    runId: member('mlflow_run_id'),
    parent: member('parent_sha'),
    python: isJsonObject(environment) ? textOf(environment.get('python')) : null,
    packages: packages !== undefined && isJsonArray(packages) ? packages.length : null,
  };
}

function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value;
  return isJsonNumber(value) ? value.text : null;
}

/** Returns indented lines, without what was not found. */
export function renderManifestFacts(facts: ManifestFacts, style: Style): readonly string[] {
  const { corpus, corpusFrom, code, branch, seed, params, runId, parent, tokenizer, python, packages } = facts;
  const from = corpusFrom === 'pointer' ? ' (from its .dvc)' : '';
  const entries: readonly KeyValue[] = [
    ['corpus', corpus === null ? undefined : `${corpus}${from}`],
    ['tokenizer', tokenizer === null ? undefined : tokenizer.slice(0, 12)],
    [
      'code',
      code === null
        ? undefined
        : `${code.slice(0, 12)}${branch === null ? '' : ` on ${branch}`}${facts.dirty ? ', changed' : ''}`,
    ],
    ['seed', seed ?? undefined],
    ['params', params.join(', ')],
    ['run', runId ?? undefined],
    ['parent', parent === null ? undefined : parent.slice(0, 12)],
    [
      'python',
      python === null
        ? undefined
        : [python, packages === null ? [] : formatCount(packages, 'package')].flat().join(', '),
    ],
  ];
  return renderKeyValues(entries, style).map((line) => `  ${line}`);
}

/** Returns what somebody who walks back from a wrong answer will miss. */
export function manifestWarnings({ corpus, code, dirty }: ManifestFacts): readonly string[] {
  return [
    ...(corpus === null ? ['warning: no corpus is recorded: --corpus PATH'] : []),
    ...(code === null ? ['warning: no code is recorded: nothing is committed here'] : []),
    ...(dirty === true ? ['warning: tracked files differ from HEAD: the commit alone does not say what ran'] : []),
  ];
}
