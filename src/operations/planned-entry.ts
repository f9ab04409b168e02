/** What `register` is asked, and the entry that it makes of it before anything is decided. */
import type { JsonValue } from '../domain/canonical-json.ts';
import type { Sha256 } from '../domain/digest.ts';
import type { planEntry } from '../domain/entry.ts';
import type { Actor } from '../domain/event.ts';
import type { Manifest, Profile } from '../domain/manifest.ts';
import type { TrainManifest } from '../domain/train-manifest.ts';
import type { FileChoice } from './choose-files.ts';
import type { VersionRequest } from './choose-version.ts';
import type { RelatedEntry } from './resolve-relations.ts';

/** What to register. */
export interface RegisterInput extends FileChoice {
  readonly model?: string;
  readonly profile?: Profile;
  /** SPECs. */
  readonly parents: readonly string[];
  readonly inputs: readonly string[];
  readonly version?: VersionRequest;
  readonly pending: boolean;
  readonly description?: string;
  readonly runId?: string;
  readonly allowSimilar: boolean;
  readonly dryRun: boolean;
  readonly onBehalfOf?: Actor;
}

/** A bundle turned into an entry, before anything is written to git. */
export interface PlannedEntry {
  readonly manifest: Manifest;
  readonly manifestDigest: Sha256;
  readonly plan: ReturnType<typeof planEntry>;
  readonly related: readonly RelatedEntry[];
  readonly train: TrainManifest | undefined;
  readonly config: JsonValue | undefined;
  /** train_manifest.json as it is. */
  readonly trainJson: JsonValue | undefined;
}
