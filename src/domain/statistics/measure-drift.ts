/** Drift between two histograms of one feature. */
import { kolmogorovSmirnov, wassersteinDistance } from './binned-distance.ts';
import { jensenShannonDivergence, populationStabilityIndex } from './divergence.ts';
import { sumOf } from './moments.ts';

/** A histogram as evaluation reports hold it: n bins between n + 1 edges, or n categories. Counts or shares. */
export type Histogram =
  | { readonly edges: readonly number[]; readonly counts: readonly number[] }
  | { readonly categories: readonly string[]; readonly counts: readonly number[] };

/** Why two histograms cannot be compared, or one of them is none. */
export type HistogramFault =
  | 'no-bins'
  | 'lengths-differ'
  | 'edges-not-ascending'
  | 'category-twice'
  | 'bad-count'
  | 'nothing-counted'
  | 'kinds-differ'
  | 'edges-differ'
  | 'categories-differ';

/** The distances; those that need an order of the bins only for numeric edges, and no farther apart than floats go. */
export type Drift =
  | {
      readonly kind: 'measured';
      readonly psi: number;
      readonly js: number;
      readonly ks?: number;
      readonly wasserstein?: number;
    }
  | { readonly kind: 'faulty'; readonly fault: HistogramFault };

/**
 * Measures how far a current histogram is from its reference. Counts are made shares first, so that the size of neither
 * matters. Bins must be the same ones: numeric edges one by one, categories in any order.
 */
export function measureDrift(reference: Histogram, current: Histogram): Drift {
  const fault = faultOf(reference) ?? faultOf(current) ?? mismatchOf(reference, current);
  if (fault !== undefined) return { kind: 'faulty', fault };
  const [r, c] = [sharesOf(reference.counts), sharesOf(countsInOrderOf(reference, current))];
  const measured = {
    kind: 'measured',
    psi: populationStabilityIndex(r, c),
    js: jensenShannonDivergence(r, c),
  } as const;
  if (!('edges' in reference)) return measured;
  const wasserstein = wassersteinDistance(reference.edges, r, c);
  return { ...measured, ks: kolmogorovSmirnov(r, c), ...(Number.isFinite(wasserstein) ? { wasserstein } : {}) };
}

function faultOf(histogram: Histogram): HistogramFault | undefined {
  const { counts } = histogram;
  if (counts.length === 0) return 'no-bins';
  if (counts.some((count) => !(count >= 0))) return 'bad-count';
  const total = sumOf(counts);
  if (total === 0) return 'nothing-counted';
  if (!Number.isFinite(total)) return 'bad-count';
  return 'edges' in histogram
    ? edgesFaultOf(histogram.edges, counts.length)
    : categoriesFaultOf(histogram.categories, counts.length);
}

function edgesFaultOf(edges: readonly number[], bins: number): HistogramFault | undefined {
  if (edges.length !== bins + 1) return 'lengths-differ';
  const ascend = edges.every(
    (edge, index) => Number.isFinite(edge) && (index === 0 || edge > (edges[index - 1] ?? edge)),
  );
  return ascend ? undefined : 'edges-not-ascending';
}

function categoriesFaultOf(categories: readonly string[], bins: number): HistogramFault | undefined {
  if (categories.length !== bins) return 'lengths-differ';
  return new Set(categories).size === bins ? undefined : 'category-twice';
}

function mismatchOf(reference: Histogram, current: Histogram): HistogramFault | undefined {
  if ('edges' in reference) {
    if (!('edges' in current)) return 'kinds-differ';
    const same = reference.edges.length === current.edges.length;
    return same && reference.edges.every((edge, index) => edge === current.edges[index]) ? undefined : 'edges-differ';
  }
  if (!('categories' in current)) return 'kinds-differ';
  const known = new Set(reference.categories);
  const same = known.size === current.categories.length && current.categories.every((name) => known.has(name));
  return same ? undefined : 'categories-differ';
}

/** The counts of one histogram in the order of the categories of the other. */
function countsInOrderOf(reference: Histogram, current: Histogram): readonly number[] {
  if (!('categories' in reference && 'categories' in current)) return current.counts;
  const counts = new Map(current.categories.map((name, index) => [name, current.counts[index] ?? 0]));
  return reference.categories.map((name) => counts.get(name) ?? 0);
}

function sharesOf(counts: readonly number[]): readonly number[] {
  const total = sumOf(counts);
  return counts.map((count) => count / total);
}
