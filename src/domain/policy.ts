/** registry.yaml as values: what configures a repository, and what decides that a model may serve. Thresholds are decimal texts. */
import type { ModelName } from './model-name.ts';

/** Names of files on a weights remote (format §8.3). */
export type WeightsLayout = 'dvc' | 'sha256' | 'both';

/** Better than another entry: `improve`. */
export interface ImproveRule {
  readonly metric: string;
  /** The gain that must be exceeded; 0 when not given. */
  readonly by?: string;
  /** The baseline: a slot or a SPEC; production when not given. */
  readonly over?: string;
  /** Which way is better; up when not given. */
  readonly direction?: 'up' | 'down';
  readonly confidence?: string;
  /** What holds where there is no baseline: `optional` passes, `required` (not given) fails. */
  readonly baseline?: 'optional' | 'required';
  /** Loss that is borne: then the question is non-inferiority. */
  readonly margin?: string;
}

/** Distance between reference histograms of the entry and those of a file: `drift`. */
export interface DriftRule {
  readonly file: string;
  readonly psi?: string;
  readonly js?: string;
  readonly ks?: string;
  readonly wasserstein?: string;
}

/** A metric that asks for one approver more from `at`, and refuses from `refuse_at`: `escalate_at`. */
export interface EscalateRule {
  readonly metric: string;
  readonly at: string;
  readonly refuse_at?: string;
}

/** Gates of one target, under the names that registry.yaml gives them. */
export interface GateRules {
  readonly [bound: `min_${string}` | `max_${string}`]: string;
  readonly require_drift_check?: boolean;
  /** Several metrics are held to one confidence by Holm's adjustment. */
  readonly improve?: ImproveRule | readonly ImproveRule[];
  readonly drift?: DriftRule;
  readonly escalate_at?: EscalateRule;
  readonly eval_set?: string;
  readonly fresh?: { readonly within: string };
  readonly license?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  readonly privacy?: { readonly deny_columns?: readonly string[]; readonly require_flag?: string };
  readonly lineage?: {
    readonly complete?: boolean;
    readonly code_committed?: boolean;
    readonly no_tombstoned_ancestor?: boolean;
  };
  readonly latency?: Readonly<Partial<Record<'p50' | 'p90' | 'p95' | 'p99', string>>>;
  readonly metadata?: { readonly required: readonly string[] };
  readonly signature?: { readonly compatible_with: string };
  readonly format?: { readonly require: string };
  readonly exec?: { readonly command: string; readonly timeout?: string };
  readonly integrity?: boolean;
}

/** Approvals of one target. */
export interface ApprovalRules {
  readonly count: number;
  /** Addresses, and `@group`s; anybody but the registrar when not given. */
  readonly from?: readonly string[];
  readonly signed?: boolean;
}

/** What may stand for one model as for all. */
export interface PolicyRules {
  /** Slots, low to high. */
  readonly stages: readonly string[];
  /** Legal promotions, `from -> to`; `any` for all. */
  readonly transitions: 'any' | readonly string[];
  /** How long a candidate lives, in milliseconds. */
  readonly pendingTtl: number;
  /** Metrics that lists show, by their flattened names. */
  readonly keyMetrics: readonly string[];
  /** What `--bump auto` looks at: files, and members of the train manifest. */
  readonly bump?: { readonly major?: readonly string[]; readonly minor?: readonly string[] };
  /** Who may do what: by verb, or verb and stage (`promote.production`). */
  readonly allow: Readonly<Record<string, readonly string[]>>;
  /** Who may move an entry into a slot past its gates, by slot. */
  readonly emergency: Readonly<Record<string, readonly string[]>>;
  /** Annotations that an entry must have before it is staged. */
  readonly requiredAnnotations: readonly string[];
  /** By slot, and `rollback`. */
  readonly gates: Readonly<Record<string, GateRules>>;
  readonly approvals: Readonly<Record<string, ApprovalRules>>;
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** What to run after a move into a stage: a path from the top of the work tree, by slot; `rollback` goes before it. */
  readonly afterTransition: Readonly<Record<string, string>>;
  /** Where weights go: a path from the top of the work tree, or a URL. */
  readonly weights?: { readonly remote?: string; readonly layout?: WeightsLayout };
  /** The registry's git remote. */
  readonly remote?: { readonly name?: string; readonly layout?: 'all' | 'log' };
}

/** The policy of a repository. */
export interface Policy extends PolicyRules {
  /** Default model. */
  readonly model?: ModelName;
  /** By model: what registry.yaml says of it alone. */
  readonly models: Readonly<Record<string, Partial<PolicyRules>>>;
}

/** What holds where registry.yaml says nothing. */
export const DEFAULT_POLICY: Policy = {
  stages: ['staging', 'production'],
  transitions: 'any',
  pendingTtl: 24 * 60 * 60 * 1000,
  keyMetrics: [],
  allow: {},
  emergency: {},
  requiredAnnotations: [],
  gates: {},
  approvals: {},
  groups: {},
  afterTransition: {},
  models: {},
};
