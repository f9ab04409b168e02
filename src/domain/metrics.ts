/** Metrics: the numbers of an eval report, by name. */
import { isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from './canonical-json.ts';

export { compareDecimals, formatMetric, formatSigned } from './decimal.ts';

/** A number of an eval report. */
export interface Metric {
  /** Its keys, joined by dots: `overall.accuracy`. */
  readonly name: string;
  /** Its canonical spelling. */
  readonly value: string;
}

/**
 * Returns the numbers of a report in the order of the document, which is canonical where it was stored. Arrays hold data
 * of samples, not metrics, and are left out. Names can repeat where keys have dots; the first counts.
 */
export function flattenMetrics(report: JsonValue): readonly Metric[] {
  return isJsonObject(report) ? flattenObject(report, '') : [];
}

function flattenObject(object: JsonObject, prefix: string): readonly Metric[] {
  return Array.from(object).flatMap(([key, value]) => {
    if (isJsonNumber(value)) return [{ name: prefix + key, value: value.text }];
    return isJsonObject(value) ? flattenObject(value, `${prefix}${key}.`) : [];
  });
}
