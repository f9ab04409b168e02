/** `pin`: writes down in registry.lock which entries the project uses. */
import { parseJson } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import { parseModelName } from '../domain/model-name.ts';
import { encodeLock, LOCK_FILE, type Pin, readLock } from '../domain/registry-lock.ts';
import { encodeUtf8 } from '../domain/utf8.ts';
import { compareVersions } from '../domain/version-order.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** What to pin, and what to pin no more. */
export interface PinInput {
  readonly specs: readonly string[];
  /** Names of models. */
  readonly remove: readonly string[];
}

/** The file as it is now. */
export interface PinResult {
  /** Absolute. */
  readonly path: string;
  readonly changed: boolean;
  readonly pins: readonly Pin[];
}

/** Pins entries; a model that is pinned already is pinned anew. Throws `bad-lock`, `usage`, `tombstoned`, `unknown-spec`. */
export async function pin(workspace: Workspace, input: PinInput): Promise<PinResult> {
  const { workTree } = workspace.repository;
  if (workTree === undefined) throw new RegistryError('usage', 'pin: the repository has no work tree');
  const before = await workspace.repository.readText(LOCK_FILE);
  const pins = new Map(before === undefined ? [] : decodeLock(before).map((known) => [known.model, known]));
  for (const name of input.remove) {
    const model = parseModelName(name);
    if (pins.delete(model)) continue;
    throw new RegistryError('usage', `--remove ${model}: it is not pinned`, { data: { pinned: [...pins.keys()] } });
  }
  const named = new Set<string>();
  for (const spec of input.specs) {
    const found = await resolvePin(workspace, spec);
    if (named.has(found.model) && pins.get(found.model)?.sha256 !== found.sha256)
      throw new RegistryError('usage', `${spec}: ${found.model} can be pinned to one entry`, { data: { spec } });
    named.add(found.model);
    pins.set(found.model, found);
  }
  const text = encodeLock([...pins.values()]);
  const changed = text !== before;
  if (changed) await workspace.repository.writeText(LOCK_FILE, text);
  return { path: `${workTree}/${LOCK_FILE}`, changed, pins: decodeLock(text) };
}

/** The version that the SPEC names, else the highest that the entry has. */
async function resolvePin(workspace: Workspace, spec: string): Promise<Pin> {
  const resolved = await resolveSpec(workspace, spec);
  const { model, entry } = resolved;
  if (entry.tombstone !== undefined) {
    throw new RegistryError('tombstoned', `${spec}: ${entry.sha256.slice(0, 12)} has a tombstone`, {
      data: { sha256: entry.sha256, model, reason: entry.tombstone.reason },
      hint: `git registry list ${model}`,
    });
  }
  if (entry.status !== 'registered') {
    throw new RegistryError('not-registered', `${spec}: a candidate cannot be pinned, it may expire`, {
      data: { spec, model, sha256: entry.sha256 },
      hint: `git registry promote ${entry.sha256.slice(0, 12)} --bump auto`,
    });
  }
  const version = resolved.version ?? [...entry.versions].sort(compareVersions).at(-1) ?? null;
  return { model, version, sha256: entry.sha256 };
}

function decodeLock(text: string): readonly Pin[] {
  const broken = (message: string): RegistryError =>
    new RegistryError('bad-lock', `${LOCK_FILE}: ${message}`, {
      data: { file: LOCK_FILE },
      hint: `restore it (git checkout -- ${LOCK_FILE}), or remove it and pin again`,
    });
  let pins: readonly Pin[] | string;
  try {
    pins = readLock(parseJson(encodeUtf8(text), LOCK_FILE));
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-json') throw broken(error.message);
    throw error;
  }
  if (typeof pins === 'string') throw broken(pins);
  return pins;
}
