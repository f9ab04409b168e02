/**
 * Events: the records of a model's append-only log (format §6). Pure shapes; folding is in `state.ts`, checking of the
 * chain in `event-chain.ts`.
 */
import type { Sha256 } from './digest.ts';
import type { ModelName } from './model-name.ts';
import type { Version } from './version.ts';

/** Who an event claims to be by (format §6.7). */
export interface Actor {
  readonly name: string;
  readonly email: string;
}

/** A stage a registered entry can be in: a slot, or one of the two that are derived. */
export type StageName = string;

/** Members that every event has (format §6.2). */
export interface Envelope {
  readonly v: 1;
  /** UUIDv7. */
  readonly id: string;
  readonly seq: number;
  /** SHA-256 of the previous event's JSON bytes; null for the first. */
  readonly prev: Sha256 | null;
  /** `YYYY-MM-DDTHH:MM:SS.mmmZ`. */
  readonly at: string;
  readonly by: Actor;
  readonly onBehalfOf?: Actor;
  readonly model: ModelName;
}

/** Outcome of one gate (format §6.3). Numbers are strings. */
export interface Verdict {
  readonly gate: string;
  readonly metric?: string;
  readonly value?: string;
  readonly threshold?: string;
  readonly method: string;
  readonly evidence: readonly Sha256[];
  readonly outcome: 'pass' | 'fail' | 'escalate';
}

/** What a `register` event may say of the MLflow run behind an entry. */
export interface MlflowOrigin {
  readonly run_id?: string;
  readonly experiment_id?: string;
  readonly model_version?: string;
  readonly source?: string;
}

/** Why a stage moved. */
export type StageCause = 'promote' | 'demote' | 'rollback' | 'archive';

/** One union member per kind, for kinds that share their members. */
type Each<K extends string, B> = K extends string ? { readonly kind: K } & B : never;

/** The bodies of the kinds that this program writes or folds (format §6.3). */
export type EventBody =
  | { readonly kind: 'create'; readonly description?: string; readonly tags?: Readonly<Record<string, string>> }
  | {
      readonly kind: 'register';
      readonly sha256: Sha256;
      /** SHA-256 of manifest.json. */
      readonly manifest: Sha256;
      readonly pending: boolean;
      readonly expires?: string;
      readonly version?: Version;
      readonly description?: string;
      readonly mlflow?: MlflowOrigin;
    }
  | { readonly kind: 'promote'; readonly sha256: Sha256; readonly version: Version }
  | {
      readonly kind: 'stage';
      readonly sha256: Sha256;
      readonly version?: Version;
      readonly from: StageName | null;
      readonly to: StageName;
      readonly cause?: StageCause;
      readonly emergency?: true;
      readonly replaced?: Sha256;
      readonly policy?: Sha256;
      readonly verdicts: readonly Verdict[];
      readonly approvals: readonly string[];
      readonly reason?: string;
    }
  | {
      readonly kind: 'annotate';
      readonly sha256?: Sha256;
      readonly version?: Version;
      readonly set: Readonly<Record<string, string>>;
      readonly unset: readonly string[];
    }
  | { readonly kind: 'tombstone'; readonly sha256: Sha256; readonly reason: string }
  | { readonly kind: 'expire'; readonly sha256: Sha256 }
  | { readonly kind: 'rename'; readonly to: string }
  | { readonly kind: 'retire' }
  | { readonly kind: 'point'; readonly source: string; readonly run_id?: string }
  | Each<
      'approve' | 'reject',
      {
        readonly sha256: Sha256;
        readonly to: StageName;
        readonly policy: Sha256;
        readonly report: Sha256;
        readonly comment?: string;
      }
    >
  | { readonly kind: 'withdraw'; readonly event: string }
  | { readonly kind: 'gate'; readonly sha256: Sha256; readonly to: StageName; readonly report: Sha256 }
  | { readonly kind: 'deploy'; readonly sha256: Sha256; readonly endpoint: string; readonly status: string }
  | { readonly kind: 'reproduce'; readonly sha256: Sha256; readonly result: string }
  | { readonly kind: 'alias'; readonly name: string; readonly sha256: Sha256 | null; readonly version?: Version }
  | { readonly kind: 'experiment'; readonly op: string }
  | { readonly kind: 'void'; readonly event: string; readonly reason: string; readonly other?: string };

/** An event of a kind that this program knows. */
export type RegistryEvent = Envelope & EventBody;

/** The kind of a known event. */
export type EventKind = EventBody['kind'];

/** An event that this program does not act on: kept byte for byte, no effect (format §6.3). */
export interface UnknownEvent {
  readonly kind: 'unknown';
  /** A newer `v` (writing is then refused), a kind of a newer program, or members that do not fit the kind. */
  readonly why: 'version' | 'kind' | 'malformed';
  /** The `kind` that the log has. */
  readonly named: string;
  readonly model: ModelName;
  readonly id: string;
  readonly seq: number;
  readonly prev: Sha256 | null;
  readonly at: string;
  readonly by: Actor;
  /** Its string member `sha256`, if any. */
  readonly sha256?: Sha256;
}

/** An event as the log holds it: the value, its exact JSON text, and the SHA-256 of that text. */
export interface LoggedEvent {
  readonly event: RegistryEvent | UnknownEvent;
  readonly json: string;
  readonly digest: Sha256;
}
