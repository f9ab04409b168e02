/** Whether pins still hold, and whether the refs are the views that the logs give (format §6.4). */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { FINDING_CODES, type Finding, type FindingCode, finding } from '../domain/finding.ts';
import type { ModelName } from '../domain/model-name.ts';
import { LOCK_FILE, type Pin, readLock } from '../domain/registry-lock.ts';
import type { ModelState } from '../domain/state.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { foldModel } from './read-model.ts';
import { readJson } from './read-snapshot-json.ts';
import { compareViews } from './verify-views.ts';
import type { Workspace } from './workspace.ts';

/** Checks pins and views. */
export async function checkRegistry(
  workspace: Workspace,
  snapshot: Snapshot,
  models: readonly ModelName[],
  hasLock: boolean,
): Promise<{
  readonly findings: readonly Finding[];
  readonly checked: { readonly pins: number; readonly models: number };
}> {
  const findings: Finding[] = [];
  const states = new Map<ModelName, ModelState>();
  const unreadable = new Set<string>();
  for (const model of models) {
    const tip = await workspace.refs.find({ kind: 'log', model });
    if (tip === undefined) continue;
    const state = await foldOrFind(workspace, model, tip);
    if ('code' in state) {
      findings.push(state);
      unreadable.add(model);
    } else states.set(model, state);
  }
  const { differences, odd } = await compareViews(workspace, [...states.values()], unreadable);
  findings.push(...differences.map((difference) => difference.finding), ...odd);
  const pins = hasLock ? await readPins(snapshot) : [];
  if (typeof pins === 'string') {
    findings.push(finding('lock-broken', LOCK_FILE, pins));
    return { findings, checked: { pins: 0, models: models.length } };
  }
  for (const pin of pins) {
    const found = unreadable.has(pin.model) ? undefined : checkPin(pin, states.get(pin.model));
    if (found !== undefined) findings.push(found);
  }
  return { findings, checked: { pins: pins.length, models: models.length } };
}

/** A log that does not hold up is a finding: what it gives is not known then. */
async function foldOrFind(workspace: Workspace, model: ModelName, tip: ObjectId): Promise<ModelState | Finding> {
  try {
    return (await foldModel(workspace, model, tip)).state;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const named = error.data['finding'];
    const code = typeof named === 'string' && Object.hasOwn(FINDING_CODES, named) ? (named as FindingCode) : undefined;
    const other = error.code === 'incomplete-history' ? 'log-incomplete' : 'entry-missing';
    return finding(code ?? other, model, error.message);
  }
}

async function readPins(snapshot: Snapshot): Promise<readonly Pin[] | string> {
  const read = await readJson(snapshot, LOCK_FILE);
  return read.kind === 'value' ? readLock(read.value) : read.message;
}

/** The SHA decides; the version is checked beside it, since a name that moved is a name that lies. */
function checkPin({ model, version, sha256 }: Pin, state: ModelState | undefined): Finding | undefined {
  const subject = `${LOCK_FILE} ${model}${version === null ? '' : `@${version}`}`;
  if (state === undefined) return finding('pin-missing', subject, `this clone has no model ${model}`);
  const named: Sha256 | undefined = version === null ? sha256 : state.versions.get(version)?.sha256;
  if (named === undefined) return finding('pin-missing', subject, `${model} has no version ${version} here`);
  if (named !== sha256) return finding('pin-moved', subject, `it is pinned to ${sha256}, here it names ${named}`);
  const entry = state.entries.get(sha256);
  if (entry === undefined) return finding('pin-missing', subject, `${model} has no entry ${sha256} here`);
  if (entry.tombstone === undefined) return undefined;
  return finding('pin-tombstoned', subject, `${sha256} has a tombstone: ${entry.tombstone.reason}`);
}
