/** Samples of an eval report: what the model scored on each item of the evaluation set. */
import { isJsonNumber, isJsonObject, type JsonObject, type JsonValue, parseJson } from './canonical-json.ts';
import { compareCodePoints } from './code-point-order.ts';
import { type Sha256, sha256Of } from './digest.ts';
import { RegistryError } from './errors.ts';
import { isWrong, readItems, type Wrong, wrong } from './reported.ts';

/** Where samples lie that are not in the report: one JSON object a line. */
export const SAMPLES_FILE = 'eval_samples.jsonl';

/** One item. */
export interface Sample {
  /** Unique in the report, without line feed. */
  readonly id: string;
  /** All that is said of it: scores, and whatever else. */
  readonly members: JsonObject;
}

const readSampleList = readItems(readSample, 'an array of objects with id');

/** Reads the samples of a report. */
export function readSamples(value: JsonValue, pointer: string): readonly Sample[] | Wrong {
  const samples = readSampleList(value, pointer);
  return isWrong(samples) ? samples : withoutRepeats(samples, pointer);
}

/** Reads {@link SAMPLES_FILE}. In a wrong form the pointer leads into the array of its lines, from 0. */
export function readSampleLines(bytes: Uint8Array): readonly Sample[] | Wrong {
  const values: JsonValue[] = [];
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    const value = readLine(bytes.subarray(start, end), values.length);
    if (isWrong(value)) return value;
    values.push(value);
    start = end + 1;
  }
  return readSamples(values, '');
}

/** Returns the SHA-256 of the ids, sorted by code point, each followed by a line feed: which items were evaluated. */
export function digestSampleIds(samples: readonly Sample[]): Sha256 {
  const ids = samples.map(({ id }) => id).sort(compareCodePoints);
  return sha256Of(ids.map((id) => `${id}\n`).join(''));
}

function readLine(line: Uint8Array, index: number): JsonValue | Wrong {
  try {
    return parseJson(line, SAMPLES_FILE);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'bad-json') throw error;
    return { kind: 'wrong', pointer: `/${index}`, problem: `${SAMPLES_FILE} line ${index + 1}: no strict JSON` };
  }
}

function readSample(value: JsonValue, pointer: string): Sample | Wrong {
  if (!isJsonObject(value)) return wrong(pointer, 'an object with id', value);
  const id = value.get('id');
  if (typeof id === 'string' && !id.includes('\n')) return { id, members: value };
  // Programs that number their items write integers.
  if (isJsonNumber(id) && /^-?\d+$/.test(id.text)) return { id: id.text, members: value };
  return wrong(`${pointer}/id`, 'a text in one line or an integer', id);
}

function withoutRepeats(samples: readonly Sample[], pointer: string): readonly Sample[] | Wrong {
  const seen = new Set<string>();
  for (const [index, { id }] of samples.entries()) {
    if (seen.has(id)) return wrong(`${pointer}/${index}/id`, 'an id of its own', id);
    seen.add(id);
  }
  return samples;
}
