/** eval_baseline.json: the numbers that an eval gate compares with, and the eval set on which they were measured. */
import { isJsonNumber, isJsonObject, type JsonValue } from './canonical-json.ts';

/** What a baseline was measured on. */
export interface EvalBaseline {
  /** From the top level of the repository. */
  readonly path: string;
  /** As DVC names it: 32 hex digits, for a folder with `.dir`. */
  readonly md5: string;
}

/** Reads a baseline: `{eval_set: {path, md5}, metrics}`; other members are left alone. Returns what is wrong as a text. */
export function readEvalBaseline(value: JsonValue): EvalBaseline | string {
  if (!isJsonObject(value)) return 'expected an object';
  const set = value.get('eval_set');
  if (!isJsonObject(set)) return 'eval_set: expected an object with path and md5';
  const [path, md5] = [set.get('path'), set.get('md5')];
  if (typeof path !== 'string' || path === '') return 'eval_set.path: expected a path';
  if (typeof md5 !== 'string' || !/^[0-9a-f]{32}(?:\.dir)?$/.test(md5))
    return 'eval_set.md5: expected 32 lower-case hex digits, for a folder with .dir';
  const metrics = value.get('metrics');
  if (!isJsonObject(metrics) || !hasNumbers(metrics)) return 'metrics: expected an object of numbers';
  return { path: path.replace(/^\.\//, '').replace(/\/$/, ''), md5 };
}

/** A group of metrics is an object of its own. */
function hasNumbers(value: JsonValue): boolean {
  if (isJsonObject(value)) return [...value.values()].every(hasNumbers);
  return isJsonNumber(value);
}
