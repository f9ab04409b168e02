/** Fetches logs into quarantine so that a bad one stops no other: what fails is halved until the bad log stands alone (format §7.2). */
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { DownloadRequest, FailedLog, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import { incomingNameOf } from '../ref-names.ts';
import { RefReader } from '../ref-reader.ts';
import { fetchRefs, refuseLargeObjects } from './fetch-into.ts';
import type { RealRepository } from './incoming-folder.ts';
import { makeQuarantine, type QuarantineFolder } from './quarantine-folder.ts';
import { remoteFault } from './remote-fault.ts';

/** The logs that are asked for. */
type Wanted = DownloadRequest['logs'];

/** What came of them, in a folder that the caller removes. */
export interface FetchedLogs {
  readonly folder: QuarantineFolder;
  readonly tips: ReadonlyMap<ModelName, ObjectId>;
  readonly failed: readonly FailedLog[];
}

/** So many oversized logs are found wherever they are among the others; each download that is too large costs as much as the caps allow. */
const OVERSIZED = 2;

/** Fetches. What came together is never more than the caps allow. */
export async function fetchLogs(
  real: RealRepository,
  target: RemoteTarget,
  request: DownloadRequest,
): Promise<FetchedLogs> {
  const intake = new LogIntake(real, target, request);
  try {
    await intake.take(request.logs);
    return await intake.end();
  } catch (error) {
    intake.remove();
    throw error;
  }
}

class LogIntake {
  readonly #real: RealRepository;
  readonly #target: RemoteTarget;
  readonly #request: DownloadRequest;
  readonly #tips = new Map<ModelName, ObjectId>();
  readonly #failed: FailedLog[] = [];
  /** What came so far; its size counts against the caps of what is fetched next. */
  #folder: QuarantineFolder | undefined;
  #unpacked = 0;
  /** Downloads that may still be too large. */
  #attempts: number;

  constructor(real: RealRepository, target: RemoteTarget, request: DownloadRequest) {
    this.#real = real;
    this.#target = target;
    this.#request = request;
    this.#attempts = 1 + OVERSIZED * Math.ceil(Math.log2(Math.max(request.logs.length, 1)));
  }

  /** Takes logs; where together they are too large, each half. */
  async take(logs: Wanted): Promise<void> {
    if (logs.length === 0) return;
    if (this.#attempts === 0) {
      for (const { model } of logs) this.#failed.push({ model, fault: this.#untried(model) });
      return;
    }
    if (await this.#fetch(logs)) return;
    this.#attempts -= 1;
    const [only] = logs;
    if (logs.length === 1 && only !== undefined) {
      this.#failed.push({ model: only.model, fault: this.#tooLarge(only.model) });
      return;
    }
    const middle = Math.ceil(logs.length / 2);
    await this.take(logs.slice(0, middle));
    await this.take(logs.slice(middle));
  }

  async end(): Promise<FetchedLogs> {
    const folder = this.#folder ?? (await makeQuarantine(this.#real, this.#request));
    return { folder, tips: this.#tips, failed: this.#failed };
  }

  remove(): void {
    this.#folder?.remove();
  }

  /** False where it is more than the caps allow: then nothing of it is left on the disk. */
  async #fetch(logs: Wanted): Promise<boolean> {
    const folder = await makeQuarantine(this.#real, this.#request);
    const { caps } = this.#request;
    try {
      const packed = { ...caps, bytes: caps.bytes - (this.#folder?.size() ?? 0) };
      const failed = await fetchAll(folder, this.#target, packed, logs);
      const unpacked = { ...caps, bytes: caps.bytes - this.#unpacked };
      this.#unpacked += await refuseLargeObjects(folder, this.#target, unpacked);
      for (const [model, tip] of await readTips(folder, logs)) this.#tips.set(model, tip);
      this.#failed.push(...failed);
      this.#keep(folder);
      return true;
    } catch (error) {
      folder.remove();
      if (error instanceof RegistryError && error.code === 'remote-too-large') return false;
      throw error;
    }
  }

  /** One folder in the end: packs are whole in themselves, whichever fetch brought them. */
  #keep(folder: QuarantineFolder): void {
    if (this.#folder === undefined) {
      this.#folder = folder;
      return;
    }
    const [from, to] = [folder, this.#folder].map(({ repository }) => join(repository.objectDir, 'pack')) as [
      string,
      string,
    ];
    // Git looks for indexes: what they are of is there first.
    const names = readdirSync(from).sort((a, b) => Number(a.endsWith('.idx')) - Number(b.endsWith('.idx')));
    for (const name of names) renameSync(join(from, name), join(to, name));
    folder.remove();
  }

  #tooLarge(model: ModelName): RegistryError {
    const { label } = this.#target;
    const { bytes } = this.#request.caps;
    return new RegistryError(
      'remote-too-large',
      `remote ${label}, ${model}: expected at most ${bytes} bytes to download`,
      {
        data: { remote: label, model, bytes },
        hint: 'git config registry.maxFetchBytes BYTES',
      },
    );
  }

  #untried(model: ModelName): RegistryError {
    const { label } = this.#target;
    return new RegistryError(
      'remote-too-large',
      `remote ${label}, ${model}: left out, too many other logs are too large`,
      {
        data: { remote: label, model, bytes: this.#request.caps.bytes },
        hint: `git registry pull ${label} ${model}`,
      },
    );
  }
}

/** One fetch; where git fails on something else than the line, halves of it, so that one bad log stops no other. */
async function fetchAll(
  folder: QuarantineFolder,
  target: RemoteTarget,
  caps: RemoteCaps,
  logs: Wanted,
): Promise<readonly FailedLog[]> {
  if (logs.length === 0) return [];
  const end = await fetchRefs(
    folder,
    target,
    caps,
    logs.map(({ model }) => ({ kind: 'log', model })),
  );
  if (end.exitCode === 0) return [];
  const fault = remoteFault(target.label, end);
  const isLine =
    fault.code === 'permission' || fault.code === 'no-space' || /resolve host|refused|timed out/i.test(end.stderr);
  if (isLine) throw fault;
  // What this repository lacks behind what the remote had is no fault of the remote's.
  if (fault.code !== 'remote-unreachable' && folder.forget()) return fetchAll(folder, target, caps, logs);
  const [only] = logs;
  if (logs.length === 1 && only !== undefined) return [{ model: only.model, fault }];
  const middle = Math.ceil(logs.length / 2);
  return [
    ...(await fetchAll(folder, target, caps, logs.slice(0, middle))),
    ...(await fetchAll(folder, target, caps, logs.slice(middle))),
  ];
}

async function readTips(folder: QuarantineFolder, logs: Wanted): Promise<ReadonlyMap<ModelName, ObjectId>> {
  const reader = new RefReader(folder.repository, folder.git);
  const tips = new Map<ModelName, ObjectId>();
  for (const { model } of logs) {
    const tip = await reader.find(incomingNameOf(folder.id, { kind: 'log', model }));
    if (tip !== undefined) tips.set(model, tip);
  }
  return tips;
}
