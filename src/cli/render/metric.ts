/** Metrics in words. */
import { formatMetric, type Metric } from '../../domain/metrics.ts';

/** Returns `accuracy=0.9812 loss=0.1200`, the numbers rounded for people. */
export function formatMetrics(metrics: readonly Metric[]): string {
  return metrics.map(({ name, value }) => `${name}=${formatMetric(value)}`).join(' ');
}
