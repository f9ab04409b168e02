/** Reference histograms: what a feature looked like when a model was trained, by numeric bins or by categories. */
import { isJsonObject, type JsonValue } from './canonical-json.ts';
import { isWrong, readDouble, readItems, readMembers, readText, type Wrong, wrong } from './reported.ts';

/** Counts or shares, not all zero: of n bins between n + 1 ascending edges, or of n distinct categories. */
export type Histogram =
  | { readonly kind: 'bins'; readonly edges: readonly number[]; readonly counts: readonly number[] }
  | { readonly kind: 'categories'; readonly categories: readonly string[]; readonly counts: readonly number[] };

const readNumbers = readItems(readDouble, 'an array of numbers');
const readTexts = readItems(readText, 'an array of texts');

/** Reads the histograms of features by name, e.g. the root of `reference_histograms.json`. */
export const readHistograms: (value: JsonValue, pointer: string) => ReadonlyMap<string, Histogram> | Wrong =
  readMembers(readHistogram, 'an object of histograms');

/** Reads one histogram. */
export function readHistogram(value: JsonValue, pointer: string): Histogram | Wrong {
  const form = 'an object with counts and either edges or categories';
  if (!isJsonObject(value)) return wrong(pointer, form, value);
  const [edges, categories] = [value.get('edges'), value.get('categories')];
  if ((edges === undefined) === (categories === undefined)) return wrong(pointer, form, value);
  const counts = readCounts(value.get('counts') ?? null, `${pointer}/counts`);
  if (isWrong(counts)) return counts;
  return edges === undefined
    ? withCategories(categories ?? null, counts, `${pointer}/categories`)
    : withEdges(edges, counts, `${pointer}/edges`);
}

function readCounts(value: JsonValue, pointer: string): readonly number[] | Wrong {
  const counts = readNumbers(value, pointer);
  if (isWrong(counts)) return counts;
  const isFit = counts.every((count) => count >= 0) && counts.some((count) => count > 0);
  return isFit ? counts : wrong(pointer, 'counts of 0 or more, not all 0', value);
}

function withEdges(value: JsonValue, counts: readonly number[], pointer: string): Histogram | Wrong {
  const edges = readNumbers(value, pointer);
  if (isWrong(edges)) return edges;
  const isAscending = edges.every((edge, at) => at === 0 || (edges[at - 1] ?? 0) < edge);
  if (edges.length === counts.length + 1 && isAscending) return { kind: 'bins', edges, counts };
  return wrong(pointer, `${counts.length + 1} ascending numbers, one more than counts`, value);
}

function withCategories(value: JsonValue, counts: readonly number[], pointer: string): Histogram | Wrong {
  const categories = readTexts(value, pointer);
  if (isWrong(categories)) return categories;
  const isDistinct = new Set(categories).size === categories.length;
  if (categories.length === counts.length && isDistinct) return { kind: 'categories', categories, counts };
  return wrong(pointer, `${counts.length} distinct texts, as many as counts`, value);
}
