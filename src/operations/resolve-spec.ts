/** From SPEC to entry. The log decides, never a ref alone (format §6.4). */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { type ModelName, parseModelName } from '../domain/model-name.ts';
import { nearNames } from '../domain/near.ts';
import { isShaPrefix, parseSpec, readTarget, type Spec, type Target } from '../domain/selector.ts';
import type { EntryState, ModelState } from '../domain/state.ts';
import type { Version } from '../domain/version.ts';
import { highestInRange } from '../domain/version-order.ts';
import type { FoldedModel } from '../ports/fold-cache.ts';
import { chooseModel, fetchHint, findDefaultModel, whenOf } from './choose-model.ts';
import { findModelsOf, findShasByPrefix } from './find-sha.ts';
import { modelPolicy } from './model-policy.ts';
import { findModel, getModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** An entry that a SPEC names, in its model. */
export interface ResolvedSpec {
  readonly model: ModelName;
  readonly folded: FoldedModel;
  readonly entry: EntryState;
  /** The version by which it was named, if by version, `latest` or range. */
  readonly version?: Version;
}

/** Resolves a SPEC. Throws `bad-spec`, `unknown-spec`, `unknown-model`, `ambiguous`, `no-default-model`, `no-version`. */
export async function resolveSpec(workspace: Workspace, text: string, model?: string): Promise<ResolvedSpec> {
  const parsed = parseSpec(text);
  const spec: Spec = parsed.model === undefined && model !== undefined ? { ...parsed, model } : parsed;
  if (spec.model !== undefined)
    return resolveIn(workspace, await getModel(workspace, parseModelName(spec.model)), spec);
  if (isShaPrefix(spec.target)) return resolveAnywhere(workspace, spec);
  const chosen = await chooseModel(workspace, undefined);
  const folded = await findModel(workspace, chosen);
  if (folded === undefined) throw await unknownTarget(workspace, spec, chosen);
  return resolveIn(workspace, folded, spec);
}

/** Refuses an entry that has a tombstone. Throws `tombstoned`. */
export function refuseTombstoned(resolved: ResolvedSpec): void {
  const { tombstone, sha256 } = resolved.entry;
  if (tombstone === undefined) return;
  throw new RegistryError('tombstoned', `${sha256.slice(0, 12)} has a tombstone: ${tombstone.reason}`, {
    data: { sha256, model: resolved.model, reason: tombstone.reason },
    hint: 'add --allow-tombstoned to use it all the same',
  });
}

/** Returns what a SPEC without a model names on a state; undefined where nothing has that name, or no name of that form. */
export function findOnState(state: ModelState, text: string): EntryState | undefined {
  for (const reading of readTarget(text, new Set(state.slots.keys()))) {
    const found = readIn({ state }, reading);
    if (found !== undefined) return found.entry;
  }
  return undefined;
}

type Folded = Pick<FoldedModel, 'state'>;

/**
 * Refuses bytes of an entry that has a tombstone, in the past that is looked at or now: whatever the entry was then,
 * it must not be used any more. Throws `tombstoned`.
 */
export async function refuseDeadBytes({ past }: Workspace, resolved: ResolvedSpec): Promise<void> {
  refuseTombstoned(resolved);
  const { model, entry } = resolved;
  const now = past === undefined ? undefined : await findModel(past.present, model);
  const same = now?.state.entries.get(entry.sha256);
  if (same !== undefined) refuseTombstoned({ ...resolved, entry: same });
}

async function resolveIn(workspace: Workspace, folded: FoldedModel, spec: Spec): Promise<ResolvedSpec> {
  const { state } = folded;
  const { stages } = await modelPolicy(workspace, state.model);
  const slots = new Set([...stages, ...state.slots.keys()]);
  const readings = readTarget(spec.target, slots);
  if (readings.length === 0) throw await unreadable(workspace, spec);
  for (const reading of readings) {
    const found = readIn(folded, reading);
    if (found !== undefined) return { model: state.model, folded, ...found };
  }
  throw unknownIn(folded, spec, readings[0], whenOf(workspace));
}

function readIn(folded: Folded, target: Target): Pick<ResolvedSpec, 'entry' | 'version'> | undefined {
  const { state } = folded;
  const byVersion = (version: Version | undefined): Pick<ResolvedSpec, 'entry' | 'version'> | undefined => {
    const named = version === undefined ? undefined : state.versions.get(version);
    const entry = named && state.entries.get(named.sha256);
    return entry === undefined || version === undefined ? undefined : { entry, version };
  };
  switch (target.kind) {
    case 'version':
      return byVersion(target.version);
    case 'latest':
      return byVersion(state.latest ?? undefined);
    case 'range':
      return byVersion(highestInRange(usableVersions(folded), target.range));
    case 'stage':
      return bySha(folded, state.slots.get(target.slot));
    case 'prefix':
      return bySha(folded, onlySha(folded, target.prefix));
  }
}

/** Ranges pass over versions whose entry has a tombstone. */
function* usableVersions(folded: Folded): Iterable<Version> {
  for (const [version, { sha256 }] of folded.state.versions) {
    if (folded.state.entries.get(sha256)?.tombstone === undefined) yield version;
  }
}

function bySha(folded: Folded, sha256: Sha256 | undefined): Pick<ResolvedSpec, 'entry'> | undefined {
  const entry = sha256 === undefined ? undefined : folded.state.entries.get(sha256);
  return entry === undefined ? undefined : { entry };
}

function onlySha(folded: Folded, prefix: string): Sha256 | undefined {
  const found = [...folded.state.entries.keys()].filter((sha256) => sha256.startsWith(prefix));
  if (found.length > 1) throw ambiguousSha(prefix, found);
  return found[0];
}

function ambiguousSha(prefix: string, found: readonly Sha256[]): RegistryError {
  const shown = found.slice(0, 5).map((sha256) => sha256.slice(0, Math.max(12, prefix.length + 4)));
  return new RegistryError(
    'ambiguous',
    `SHA prefix ${prefix}: ${found.length} entries start with it: ${shown.join(', ')}`,
    {
      data: { prefix, found: found.slice(0, 20) },
      hint: 'give more digits',
    },
  );
}

/** A SHA names its entry in every model: the default model goes first, then the only one that has it. */
async function resolveAnywhere(workspace: Workspace, spec: Spec): Promise<ResolvedSpec> {
  const preferred = await findDefaultModel(workspace);
  const home = preferred === undefined ? undefined : await findModel(workspace, preferred);
  if (home !== undefined) {
    const slots = new Set([...(await modelPolicy(workspace, home.state.model)).stages, ...home.state.slots.keys()]);
    for (const reading of readTarget(spec.target, slots)) {
      const found = reading.kind === 'range' ? undefined : readIn(home, reading);
      if (found !== undefined) return { model: home.state.model, folded: home, ...found };
    }
  }
  const shas = await findShasByPrefix(workspace, spec.target);
  if (shas.length > 1) throw ambiguousSha(spec.target, shas);
  const [sha256] = shas;
  const models = sha256 === undefined ? [] : await findModelsOf(workspace, sha256);
  const [only] = models;
  if (sha256 === undefined || only === undefined) throw await unknownTarget(workspace, spec, preferred);
  if (models.length > 1) {
    const names = models.map(({ state }) => `${state.model}@${spec.target}`);
    throw new RegistryError('ambiguous', `SHA ${spec.target}: it is in several models: ${names.join(', ')}`, {
      data: { sha256, models: models.map(({ state }) => state.model) },
      hint: `say ${names[0]}`,
    });
  }
  const found = bySha(only, sha256);
  if (found === undefined) throw await unknownTarget(workspace, spec, only.state.model);
  return { model: only.state.model, folded: only, ...found };
}

function unknownIn(folded: FoldedModel, spec: Spec, reading: Target | undefined, when: string): RegistryError {
  const { state } = folded;
  const data = { spec: spec.text, model: state.model };
  const noun = reading?.kind ?? 'range';
  if (reading?.kind === 'stage') {
    return new RegistryError('unknown-spec', `${reading.slot} of ${state.model}: no entry occupies it${when}`, {
      data,
      hint: `git registry stages ${state.model}`,
    });
  }
  if (reading?.kind === 'latest') {
    return new RegistryError('no-version', `latest of ${state.model}: it has no release yet${when}`, {
      data,
      hint: `git registry list ${state.model} --all`,
    });
  }
  const near = nearNames(spec.target.startsWith('v') || noun === 'prefix' ? spec.target : `v${spec.target}`, [
    ...state.versions.keys(),
    ...state.slots.keys(),
  ]);
  const meant = near.length === 0 ? '' : `; did you mean ${near.map((name) => `${state.model}@${name}`).join(', ')}?`;
  const named = noun === 'prefix' ? 'an entry whose SHA starts with' : noun === 'range' ? 'a version in' : 'version';
  return new RegistryError(
    'unknown-spec',
    `${state.model} has no ${named.replace(/^an? /, '')} ${spec.target}${when}${meant}`,
    {
      data: { ...data, near },
      hint: `git registry list ${state.model}`,
    },
  );
}

/** A word that can be no target at all: most often a model without `@`. */
async function unreadable(workspace: Workspace, spec: Spec): Promise<RegistryError> {
  const models = await workspace.log.models();
  const asModel = models.find((model) => model === spec.target);
  if (asModel !== undefined) {
    return new RegistryError('bad-spec', `${asModel} is a model: expected one of its entries`, {
      data: { spec: spec.text },
      hint: `say ${asModel}@latest, ${asModel}@production or ${asModel}@v1.0.0`,
    });
  }
  const near = nearNames(spec.target, [...models, ...(await workspace.settings.policy()).stages]);
  return new RegistryError(
    'bad-spec',
    `${JSON.stringify(spec.text)} is no version, stage, SHA or range${near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`}`,
    {
      data: { spec: spec.text, near },
      hint: 'git registry list',
    },
  );
}

async function unknownTarget(workspace: Workspace, spec: Spec, model: ModelName | undefined): Promise<RegistryError> {
  const slots = (await workspace.settings.policy()).stages;
  if (readTarget(spec.target, new Set(slots)).length === 0) return unreadable(workspace, spec);
  return new RegistryError(
    'unknown-spec',
    `${spec.target}: no entry here has that SHA or version${whenOf(workspace)}`,
    {
      data: { spec: spec.text, ...(model === undefined ? {} : { model }) },
      hint: await fetchHint(workspace, 'git registry list'),
    },
  );
}
