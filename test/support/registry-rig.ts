/** A registry in a real repository, driven through its operations, with a clock that tests set. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openWorkspace } from '../../src/cli/compose.ts';
import type { RegisterInput } from '../../src/operations/planned-entry.ts';
import { type RegisterResult, register } from '../../src/operations/register.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import { SILENT } from '../../src/ports/progress.ts';
import { type RepositoryOptions, type TemporaryRepository, temporaryRepository } from './temporary-repository.ts';

/** A registry under test. */
export interface RegistryRig {
  readonly repository: TemporaryRepository;
  readonly workspace: Workspace;
  /** Moves the clock. */
  pass(milliseconds: number): void;
  /** Opens a second view of the same repository, as another process would have. */
  reopen(folder?: string): Promise<Workspace>;
  /** Writes a bundle folder outside the work tree and returns it. */
  bundle(name: string, files: Readonly<Record<string, string | Uint8Array>>): string;
  /** Registers a folder in model `m`, unless told otherwise. */
  register(path: string, options?: Partial<RegisterInput>): Promise<RegisterResult>;
}

/** Registers with everything at its default. */
export function registerIn(
  workspace: Workspace,
  path: string,
  options: Partial<RegisterInput> = {},
): Promise<RegisterResult> {
  return register(workspace, {
    paths: [path],
    model: 'm',
    roleFiles: [],
    metrics: new Map(),
    params: new Map(),
    followLinks: false,
    exclude: [],
    parents: [],
    inputs: [],
    pending: false,
    allowSimilar: false,
    dryRun: false,
    ...options,
  });
}

/** Makes a registry. */
export async function registryRig(options: RepositoryOptions = {}): Promise<RegistryRig> {
  const repository = temporaryRepository(options);
  let now = Date.UTC(2026, 0, 5, 9);
  const open = async (folder: string): Promise<Workspace> => {
    const opened = await openWorkspace({
      cwd: folder,
      env: repository.environment,
      progress: SILENT,
      signal: new AbortController().signal,
    });
    onTestFinished(() => opened.close());
    return { ...opened, clock: { ...opened.clock, now: () => (now += 1000) } };
  };
  const workspace = await open(repository.folder);
  const bundles = join(dirname(repository.folder), 'bundles');
  return {
    repository,
    workspace,
    pass: (milliseconds) => {
      now += milliseconds;
    },
    reopen: (folder = repository.folder) => open(folder),
    bundle: (name, files) => writeBundle(join(bundles, name), files),
    register: (path, told) => registerIn(workspace, path, told),
  };
}

/** Writes files below a folder and returns the folder. */
export function writeBundle(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Returns a valid safetensors file of one F32 tensor. */
export function safetensors(values: readonly number[]): Uint8Array {
  const header = JSON.stringify({ w: { dtype: 'F32', shape: [values.length], data_offsets: [0, values.length * 4] } });
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ');
  const bytes = new Uint8Array(8 + padded.length + values.length * 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded.length), true);
  bytes.set(new TextEncoder().encode(padded), 8);
  for (const [index, value] of values.entries()) view.setFloat32(8 + padded.length + index * 4, value, true);
  return bytes;
}

/** Returns the five files of an lm/1 bundle; `seed` makes the weights differ. */
export function lmBundle(
  seed: number,
  told: Readonly<Record<string, string | Uint8Array>> = {},
): Readonly<Record<string, string | Uint8Array>> {
  return {
    'model.safetensors': safetensors([seed, 1, 2, 3]),
    'tokenizer.json': '{"model":{"type":"BPE","vocab":{"go":0}}}',
    'config.json': '{"n_layers": 2, "d_model": 4}',
    'eval_report.json': `{"overall":{"accuracy":0.9},"by_verb":{"go":1.0}}`,
    'train_manifest.json': `{"corpus_dvc_hash":"d8e8fca2dc0f896fd7cb4cb0031ba249","seed":${seed}}`,
    ...told,
  };
}
