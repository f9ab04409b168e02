/** The metrics of two entries side by side. */
import { alignByName } from '../domain/align.ts';
import { compareCodePoints } from '../domain/code-point-order.ts';
import { compareDecimals, type Metric } from '../domain/metrics.ts';

/** A metric of both entries; null where one lacks it. Values are in canonical spelling. */
export interface ComparedMetric {
  readonly name: string;
  readonly value: string | null;
  readonly before: string | null;
  readonly change: 'up' | 'down' | 'same' | 'new' | 'gone';
  /** It is one of `key_metrics` in registry.yaml. */
  readonly key: boolean;
}

/** Compares the metrics of an entry with those of another, which may have none. */
export function compareMetrics(
  before: readonly Metric[],
  metrics: readonly Metric[],
  keys: ReadonlySet<string>,
): readonly ComparedMetric[] {
  return alignByName([byName(metrics), byName(before)]).map(({ name, values: [value = null, old = null] }) => {
    return { name, value, before: old, change: changeOf(value, old), key: keys.has(name) };
  });
}

/** Sorts names: those of the policy's key metrics first and in its order, then the others by code point. */
export function keyMetricsFirst(keys: ReadonlySet<string>): (a: string, b: string) => number {
  const ranks = new Map(Array.from(keys, (name, rank) => [name, rank]));
  const rankOf = (name: string): number => ranks.get(name) ?? keys.size;
  return (a, b) => rankOf(a) - rankOf(b) || compareCodePoints(a, b);
}

function changeOf(value: string | null, before: string | null): ComparedMetric['change'] {
  if (before === null) return 'new';
  if (value === null) return 'gone';
  const order = compareDecimals(value, before);
  if (order === 0) return 'same';
  return order > 0 ? 'up' : 'down';
}

/** Names can repeat where keys have dots; the first counts. */
function byName(metrics: readonly Metric[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const { name, value } of metrics) if (!named.has(name)) named.set(name, value);
  return named;
}
