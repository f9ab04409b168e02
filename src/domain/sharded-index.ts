/** Sharded checkpoints: whether the indexes of a bundle and its shards say the same (Hugging Face's `*.index.json`). */
import { isJsonObject, type JsonValue } from './canonical-json.ts';
import { compareCodePoints } from './code-point-order.ts';
import { type Finding, finding } from './finding.ts';

/** Returns the names of the tensors in a file of the bundle; undefined where they cannot be read from its header. */
export type TensorsOf = (path: string) => Iterable<string> | undefined;

/** An index that could be read: which tensors each shard has, by the shard's path in the bundle. */
type Shards = ReadonlyMap<string, ReadonlySet<string>>;

/** Tells whether a path is named as the index of a sharded checkpoint. */
export function isShardedIndex(path: string): boolean {
  return /\.(?:safetensors|bin)\.index\.json$/.test(path);
}

/** Tells whether a path is named as one shard of several, e.g. `model-00001-of-00003.safetensors`. */
export function isShard(path: string): boolean {
  return /-\d{5,}-of-\d{5,}\.(?:safetensors|bin)$/.test(path);
}

/**
 * Compares indexes with files. `files` are all paths of the bundle; `indexes` are parsed JSON files by path, of which only
 * those named as indexes count. A shard may be in several. Of PyTorch's `.bin` shards only the presence is checked. The
 * findings are in order of their path.
 */
export function checkShardedIndexes(
  files: readonly string[],
  indexes: ReadonlyMap<string, JsonValue>,
  tensorsOf: TensorsOf,
): readonly Finding[] {
  const present = new Set(files);
  const findings: Finding[] = [];
  const listed = new Map<string, Set<string>>();
  for (const [path, value] of indexes) {
    if (!isShardedIndex(path)) continue;
    const shards = decodeIndex(path, value);
    if (typeof shards === 'string') {
      findings.push(finding('index-invalid', path, shards));
      continue;
    }
    for (const [shard, names] of shards) {
      listed.set(shard, new Set([...(listed.get(shard) ?? []), ...names]));
      findings.push(...checkShard(path, shard, names, present, tensorsOf));
    }
  }
  for (const [shard, names] of listed)
    if (present.has(shard)) findings.push(...findOrphanedTensors(shard, names, tensorsOf));
  findings.push(...findOrphanedShards(files, listed));
  return findings.sort((a, b) => compareCodePoints(a.subject, b.subject));
}

/** Returns what an index lists, or what is wrong with it. */
function decodeIndex(path: string, value: JsonValue): Shards | string {
  const map = isJsonObject(value) ? value.get('weight_map') : undefined;
  if (!isJsonObject(map)) return 'expected an object with an object "weight_map"';
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const shards = new Map<string, Set<string>>();
  for (const [tensor, file] of map) {
    if (typeof file !== 'string' || !isFileName(file)) {
      return `weight_map ${JSON.stringify(tensor)}: expected a file name`;
    }
    const shard = `${folder}${file}`;
    const names = shards.get(shard) ?? new Set();
    shards.set(shard, names.add(tensor));
  }
  return shards.size === 0 ? 'expected at least one tensor in "weight_map"' : shards;
}

/** Readers join the name to the index's folder: nothing may lead out of it. */
function isFileName(text: string): boolean {
  return text.split('/').every((component) => component !== '' && component !== '.' && component !== '..');
}

function checkShard(
  index: string,
  shard: string,
  names: ReadonlySet<string>,
  present: ReadonlySet<string>,
  tensorsOf: TensorsOf,
): readonly Finding[] {
  if (!present.has(shard)) {
    return [finding('shard-missing', index, `names ${JSON.stringify(shard)}, which is not in the bundle`)];
  }
  const held = readTensors(shard, tensorsOf);
  if (held === undefined) return [];
  const missing = [...names].filter((name) => !held.has(name));
  return missing.length === 0
    ? []
    : [finding('tensor-missing', index, `${JSON.stringify(shard)} lacks ${quoteSome(missing)}`)];
}

function findOrphanedTensors(shard: string, listed: ReadonlySet<string>, tensorsOf: TensorsOf): readonly Finding[] {
  const orphaned = [...(readTensors(shard, tensorsOf) ?? [])].filter((name) => !listed.has(name));
  return orphaned.length === 0
    ? []
    : [finding('tensor-orphaned', shard, `holds ${quoteSome(orphaned)}, which its index does not name`)];
}

function findOrphanedShards(files: readonly string[], listed: ReadonlyMap<string, unknown>): readonly Finding[] {
  const orphaned = files.filter((path) => isShard(path) && !listed.has(path));
  return orphaned.map((path) => finding('shard-orphaned', path, 'is in no index of its folder'));
}

function readTensors(shard: string, tensorsOf: TensorsOf): ReadonlySet<string> | undefined {
  const names = shard.endsWith('.safetensors') ? tensorsOf(shard) : undefined;
  return names === undefined ? undefined : new Set(names);
}

/** Returns up to three names and the number of the others: an index may be wrong in ten thousand ways at once. */
function quoteSome(names: readonly string[]): string {
  const shown = names
    .slice(0, 3)
    .map((name) => JSON.stringify(name))
    .join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
