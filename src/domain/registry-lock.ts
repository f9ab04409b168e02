/** registry.lock: which entries a project uses, by identity. One line a pin, so that two branches merge as people expect. */
import { isJsonArray, isJsonNumber, isJsonObject, type JsonValue } from './canonical-json.ts';
import { compareCodePoints } from './code-point-order.ts';
import { isSha256, type Sha256 } from './digest.ts';
import { isModelName, type ModelName } from './model-name.ts';
import { isVersion, type Version } from './version.ts';

/** The name of the file, at the top level of the repository. */
export const LOCK_FILE = 'registry.lock';

/** What a project uses of one model. */
export interface Pin {
  readonly model: ModelName;
  /** Null where the entry had no version when it was pinned. */
  readonly version: Version | null;
  readonly sha256: Sha256;
}

const MEMBERS = ['model', 'version', 'sha256'];

/** Returns the text of a lock: sorted by model, ended by a line feed. */
export function encodeLock(pins: readonly Pin[]): string {
  const sorted = [...pins].sort((a, b) => compareCodePoints(a.model, b.model));
  const rows = sorted.map(({ model, version, sha256 }) => `    ${JSON.stringify({ model, version, sha256 })}`);
  return `{\n  "v": 1,\n  "pins": [${rows.length === 0 ? '' : `\n${rows.join(',\n')}\n  `}]\n}\n`;
}

/** Reads a lock (`registry-lock.schema.json`). Returns what is wrong as a text that begins with a JSON pointer. */
export function readLock(value: JsonValue): readonly Pin[] | string {
  if (!isJsonObject(value)) return 'expected an object';
  const unknown = [...value.keys()].find((key) => key !== 'v' && key !== 'pins');
  if (unknown !== undefined) return `/${unknown}: unknown member`;
  const v = value.get('v');
  if (!isJsonNumber(v) || v.text !== '1') return '/v: expected 1';
  const listed = value.get('pins');
  if (listed === undefined || listed === null || typeof listed !== 'object' || !isJsonArray(listed))
    return '/pins: expected an array';
  const pins: Pin[] = [];
  for (const [index, item] of listed.entries()) {
    const pin = readPin(item);
    if (typeof pin === 'string') return `/pins/${index}${pin}`;
    if (pins.some(({ model }) => model === pin.model)) return `/pins/${index}/model: ${pin.model} is pinned twice`;
    pins.push(pin);
  }
  return pins;
}

function readPin(value: JsonValue): Pin | string {
  if (!isJsonObject(value)) return ': expected an object';
  const unknown = [...value.keys()].find((key) => !MEMBERS.includes(key));
  if (unknown !== undefined) return `/${unknown}: unknown member`;
  const [named, version, sha256] = MEMBERS.map((member) => value.get(member));
  if (!isModelName(named)) return '/model: expected a model name';
  if (version !== null && !isVersion(version)) return '/version: expected vX.Y.Z or null';
  return isSha256(sha256) ? { model: named, version, sha256 } : '/sha256: expected 64 lower-case hex digits';
}
