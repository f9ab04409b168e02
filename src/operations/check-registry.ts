/** Whether pins still hold, and whether the refs are the views that the logs give (format §6.4). */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { FINDING_CODES, type Finding, type FindingCode, finding } from '../domain/finding.ts';
import type { ModelName } from '../domain/model-name.ts';
import { LOCK_FILE, type Pin, readLock } from '../domain/registry-lock.ts';
import type { ModelState } from '../domain/state.ts';
import type { GoodRefs } from '../ports/good-refs.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { mapAhead } from './for-each.ts';
import { AT_ONCE, findModel } from './read-model.ts';
import { readJson } from './read-snapshot-json.ts';
import { compareViews } from './verify-views.ts';
import type { Workspace } from './workspace.ts';

/** What to check, and what is known of it. */
interface RegistryCheck {
  /** There is a `registry.lock`. */
  readonly hasLock: boolean;
  /** What it says was compared is not compared again. */
  readonly known: GoodRefs | undefined;
}

/** What the logs give, as far as they hold up. */
interface FoldedLogs {
  readonly states: ReadonlyMap<ModelName, ModelState>;
  readonly unreadable: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** Checks pins and views. */
export async function checkRegistry(
  workspace: Workspace,
  snapshot: Snapshot,
  models: readonly ModelName[],
  { hasLock, known }: RegistryCheck,
): Promise<{
  readonly findings: readonly Finding[];
  readonly checked: { readonly pins: number; readonly models: number };
}> {
  const pins = hasLock ? await readPins(snapshot) : [];
  const digest = known?.digest();
  const isCompared = digest !== undefined && known?.isGood(digest) === true;
  const logs = isCompared
    ? await foldLogs(workspace, pinnedOf(models, pins))
    : await compareAll(workspace, known, digest);
  if (typeof pins === 'string') {
    const broken = finding('lock-broken', LOCK_FILE, pins);
    return { findings: [...logs.findings, broken], checked: { pins: 0, models: models.length } };
  }
  const found = pins.flatMap((pin) =>
    logs.unreadable.has(pin.model) ? [] : (checkPin(pin, logs.states.get(pin.model)) ?? []),
  );
  return { findings: [...logs.findings, ...found], checked: { pins: pins.length, models: models.length } };
}

/** Compares all refs with the logs; where nothing is found, and nothing moved meanwhile, that is remembered. */
async function compareAll(
  workspace: Workspace,
  known: GoodRefs | undefined,
  digest: string | undefined,
): Promise<FoldedLogs> {
  // Listed behind the digest, so that no log is missed that it has.
  const logs = await foldLogs(workspace, await workspace.log.models());
  const { differences, odd } = await compareViews(workspace, [...logs.states.values()], logs.unreadable);
  const findings = [...logs.findings, ...differences.map((difference) => difference.finding), ...odd];
  if (findings.length === 0 && digest !== undefined && known?.digest() === digest) known.remember(digest);
  return { ...logs, findings };
}

async function foldLogs(workspace: Workspace, models: readonly ModelName[]): Promise<FoldedLogs> {
  const findings: Finding[] = [];
  const states = new Map<ModelName, ModelState>();
  const unreadable = new Set<string>();
  const fold = async (model: ModelName) => ({ model, state: await foldOrFind(workspace, model) });
  for await (const { model, state } of mapAhead(AT_ONCE, models, fold)) {
    if (state === undefined) continue;
    if ('code' in state) {
      findings.push(state);
      unreadable.add(model);
    } else states.set(model, state);
  }
  return { states, unreadable, findings };
}

function pinnedOf(models: readonly ModelName[], pins: readonly Pin[] | string): readonly ModelName[] {
  const pinned = new Set(typeof pins === 'string' ? [] : pins.map(({ model }) => model));
  return models.filter((model) => pinned.has(model));
}

/** A log that does not hold up is a finding: what it gives is not known then. */
async function foldOrFind(workspace: Workspace, model: ModelName): Promise<ModelState | Finding | undefined> {
  try {
    return (await findModel(workspace, model))?.state;
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
