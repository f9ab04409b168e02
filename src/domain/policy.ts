/**
 * registry.yaml as far as this version acts on it. Keys of gates, approvals and the rest are kept by the schema
 * (`schema/registry-yaml.schema.json`) and acted on by the policy feature.
 */
import type { ModelName } from './model-name.ts';

/** Names of files on a weights remote (format §8.3). */
export type WeightsLayout = 'dvc' | 'sha256' | 'both';

/** The policy of a repository. */
export interface Policy {
  /** Default model. */
  readonly model?: ModelName;
  /** Slots, low to high. */
  readonly stages: readonly string[];
  /** How long a candidate lives, in milliseconds. */
  readonly pendingTtl: number;
  /** Metrics that lists show, by their flattened names. */
  readonly keyMetrics: readonly string[];
  /** What to run after a move into a stage: a path from the top of the work tree, by slot; `rollback` goes before it. */
  readonly afterTransition?: Readonly<Record<string, string>>;
  /** Where weights go: a path from the top of the work tree, or a URL. */
  readonly weights?: { readonly remote?: string; readonly layout?: WeightsLayout };
}

/** What holds where registry.yaml says nothing. */
export const DEFAULT_POLICY: Policy = {
  stages: ['staging', 'production'],
  pendingTtl: 24 * 60 * 60 * 1000,
  keyMetrics: [],
};
