/** A deletion that deletes nothing: the entry is refused from now on, its names stay burned, its lineage stays readable. */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import { highestVersion } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { appendEvents } from './append-events.ts';
import { purgeWeights } from './purge-weights.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { MutationOptions } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to bury, and why. */
export interface TombstoneInput extends MutationOptions {
  readonly spec: string;
  readonly model?: string;
  readonly reason: string;
  /** Remove its cached bytes too, where no other entry refers to them. */
  readonly purgeWeights: boolean;
}

/** What became of it. */
export interface TombstoneResult {
  readonly model: ModelName;
  readonly sha256: Sha256;
  /** The version by which it was named, else its highest. */
  readonly version: Version | null;
  readonly reason: string;
  readonly changed: boolean;
  /** SHA-256s of the bytes that were removed. */
  readonly purged: readonly Sha256[];
  /** SHA-256s of the bytes that stay, since another entry refers to them. */
  readonly kept: readonly Sha256[];
}

/** Buries an entry. Throws `occupied` for the occupant of a slot, `unknown-spec`, `usage`. */
export async function tombstone(workspace: Workspace, input: TombstoneInput): Promise<TombstoneResult> {
  if (input.reason.trim() === '') throw new RegistryError('usage', '--reason: expected a text');
  const named = await resolveSpec(workspace, input.spec, input.model);
  const { sha256, commit } = named.entry;
  const outcome = await appendEvents(
    workspace,
    named.model,
    ({ state }) => {
      const entry = state.entries.get(sha256);
      if (entry?.tombstone !== undefined)
        return { kind: 'answer', answer: { reason: entry.tombstone.reason, changed: false } };
      if (entry?.slot !== undefined) {
        throw new RegistryError('occupied', `${sha256.slice(0, 12)} occupies ${entry.slot} of ${state.model}`, {
          data: { sha256, model: state.model, stage: entry.slot },
          hint: `git registry archive ${state.model}@${sha256.slice(0, 12)}`,
        });
      }
      const body = { kind: 'tombstone' as const, sha256, reason: input.reason };
      return {
        kind: 'append',
        events: [{ body, entryCommit: commit }],
        answer: () => ({ reason: input.reason, changed: true }),
      };
    },
    input.onBehalfOf === undefined ? {} : { onBehalfOf: input.onBehalfOf },
  );
  // The event comes first: a purge that is cut short leaves extra bytes, never an entry that lost its own unannounced.
  const { purged, kept } = input.purgeWeights ? await purgeWeights(workspace, named) : { purged: [], kept: [] };
  const version = named.version ?? highestVersion(named.entry) ?? null;
  return { model: named.model, sha256, version, ...outcome, purged, kept };
}
