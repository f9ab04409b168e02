/** Metric names with globs: `by_verb.*` is every slice of it, at any depth. */
import type { Metric } from './metrics.ts';

/** Returns the metrics that a pattern names: `*` stands for any characters. The first of a name counts. */
export function matchMetrics(metrics: readonly Metric[], pattern: string): readonly Metric[] {
  const isMatch = matcherOf(pattern);
  const found = new Map<string, Metric>();
  for (const metric of metrics) if (isMatch(metric.name) && !found.has(metric.name)) found.set(metric.name, metric);
  return [...found.values()];
}

function matcherOf(pattern: string): (name: string) => boolean {
  if (!pattern.includes('*')) return (name) => name === pattern;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 'su');
  return (name) => expression.test(name);
}
