/** What gates read, and a note of each thing they read: the inputs of the report (ADR 9). */
import { type JsonValue, parseJson } from '../../domain/canonical-json.ts';
import { type Sha256, sha256Of } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { type GateInput, sortInputs } from '../../domain/gate-report.ts';
import type { ManifestFile } from '../../domain/manifest.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { EntryState, ModelState } from '../../domain/state.ts';
import type { GateInputs, JudgedAncestor, JudgedEntry } from '../../ports/gate.ts';
import type { ProgramEnd } from '../../ports/local-programs.ts';
import { bringWeights } from '../bring-weights.ts';
import { checkedBytes, readGitFile, readManifest } from '../read-entry.ts';
import { findOnState } from '../resolve-spec.ts';
import type { Workspace } from '../workspace.ts';
import { explainRefusal, runGateCommand } from './gate-command.ts';
import { readAncestors } from './read-ancestors.ts';

/** Files that a gate may read whole. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Where a judgement stands: the log before the event that it is for. */
export interface JudgedMove {
  readonly state: ModelState;
  readonly to: string;
  readonly at: string;
  /** Reads a file of the project: of the policy's commit, or at a replay of the evidence. */
  readProjectFile(path: string): Promise<Uint8Array | undefined>;
}

/** Inputs of one gate run. */
export class NotedInputs implements GateInputs {
  readonly to: string;
  readonly at: string;
  readonly candidate: JudgedEntry;
  readonly #workspace: Workspace;
  readonly #move: JudgedMove;
  readonly #noted: GateInput[] = [];
  readonly #files: { readonly sha256: Sha256; readonly bytes: Uint8Array }[] = [];

  constructor(workspace: Workspace, move: JudgedMove, candidate: JudgedEntry) {
    this.#workspace = workspace;
    this.#move = move;
    this.to = move.to;
    this.at = move.at;
    this.candidate = candidate;
  }

  get model(): ModelName {
    return this.#move.state.model;
  }

  /** What was read so far. */
  get noted(): readonly GateInput[] {
    return sortInputs(this.#noted);
  }

  /** Bytes of the files of the project that were read: entries hold theirs, but nothing else holds these. */
  get projectFiles(): readonly { readonly sha256: Sha256; readonly bytes: Uint8Array }[] {
    return this.#files;
  }

  async readFile(entry: JudgedEntry, path: string): Promise<Uint8Array | undefined> {
    const file = this.#note(entry, path);
    if (file === undefined) return undefined;
    if (file.store === 'git') return readGitFile(this.#workspace, entry, file);
    if (file.bytes > MAX_BYTES)
      throw new RegistryError('too-big', `${path}: ${file.bytes} bytes, a gate reads at most ${MAX_BYTES}`);
    const source = await this.#cached(entry, file);
    const bundle = await this.#workspace.source();
    return checkedBytes(entry, file, await bundle.read({ path, source, bytes: file.bytes }, file.bytes));
  }

  async readHead(entry: JudgedEntry, path: string, length: number): Promise<Uint8Array | undefined> {
    const file = this.#note(entry, path);
    if (file === undefined) return undefined;
    if (file.store === 'git') return (await readGitFile(this.#workspace, entry, file)).subarray(0, length);
    return (await this.#workspace.source()).readHead(await this.#cached(entry, file), length);
  }

  async readJson(entry: JudgedEntry, path: string): Promise<JsonValue | undefined> {
    const bytes = await this.readFile(entry, path);
    return bytes === undefined ? undefined : parseJson(bytes, path);
  }

  async findEntry(spec: string): Promise<JudgedEntry | undefined> {
    const found = findOnState(this.#move.state, spec);
    return found === undefined ? undefined : judgedEntry(this.#workspace, found);
  }

  async readProjectFile(path: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#move.readProjectFile(path);
    if (bytes === undefined) return undefined;
    const sha256 = sha256Of(bytes);
    this.#noted.push({ name: path, sha256, bytes: bytes.length });
    if (!this.#files.some((file) => file.sha256 === sha256)) this.#files.push({ sha256, bytes });
    return bytes;
  }

  ancestors(): Promise<readonly JudgedAncestor[]> {
    return readAncestors(this.#workspace, this.candidate);
  }

  async findDamaged(
    entry: JudgedEntry,
  ): Promise<{ readonly damaged: readonly string[]; readonly absent: readonly string[] }> {
    const found: Record<'whole' | 'damaged' | 'absent', string[]> = { whole: [], damaged: [], absent: [] };
    for (const file of entry.manifest.files) found[await this.#stateOf(entry, file)].push(file.path);
    return found;
  }

  async findPath(entry: JudgedEntry, path: string): Promise<string | undefined> {
    const file = entry.manifest.files.find((candidate) => candidate.path === path);
    return file?.store === 'cache' ? (await this.#workspace.weights()).findPath(file) : undefined;
  }

  explainRefusal(command: string): Promise<string | undefined> {
    return explainRefusal(this.#workspace, command);
  }

  runCommand(command: string, input: string, milliseconds: number): Promise<ProgramEnd> {
    const environment = {
      REGISTRY_MODEL: this.model,
      REGISTRY_SHA256: this.candidate.sha256,
      REGISTRY_TO: this.to,
      REGISTRY_AT: this.at,
    };
    return runGateCommand(this.#workspace, { command, input, milliseconds, environment });
  }

  #note(entry: JudgedEntry, path: string): ManifestFile | undefined {
    const file = entry.manifest.files.find((candidate) => candidate.path === path);
    if (file !== undefined)
      this.#noted.push({ name: path, entry: entry.sha256, sha256: file.sha256, bytes: file.bytes });
    return file;
  }

  async #cached(entry: JudgedEntry, file: ManifestFile & { readonly store: 'cache' }): Promise<string> {
    await bringWeights(this.#workspace, entry.manifest, [file], undefined);
    const path = await (await this.#workspace.weights()).findPath(file);
    if (path !== undefined) return path;
    throw new RegistryError('weights-missing', `${file.path} of ${entry.sha256.slice(0, 12)}: its bytes are not here`, {
      data: { sha256: entry.sha256, path: file.path },
      hint: 'git registry pull --weights',
    });
  }

  async #stateOf(entry: JudgedEntry, file: ManifestFile): Promise<'whole' | 'damaged' | 'absent'> {
    if (file.store === 'cache') {
      const options = { hash: true, progress: this.#workspace.progress };
      const { kind } = await (await this.#workspace.weights()).inspect(file, options);
      // One name of two: the bytes are good.
      return kind === 'corrupt' ? 'damaged' : kind === 'absent' ? 'absent' : 'whole';
    }
    try {
      await readGitFile(this.#workspace, entry, file);
      return 'whole';
    } catch (error) {
      if (error instanceof RegistryError && /^corrupt-/.test(error.code)) return 'damaged';
      throw error;
    }
  }
}

/** Reads what gates need of an entry. */
export async function judgedEntry(workspace: Workspace, state: EntryState): Promise<JudgedEntry> {
  const { sha256, commit } = state;
  return { sha256, commit, state, manifest: await readManifest(workspace, state) };
}
