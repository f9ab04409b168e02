/** What a file is for, and where its bytes live: both a rule of the profile, not a choice (format §3.5, §3.6). */

/** What a file is for, by its base name (format §3.5). */
export type Role = 'eval' | 'train' | 'tokenizer' | 'weights' | 'config' | 'doc' | 'other';

/** Where a file's bytes live: a blob of the entry's tree, or the weights cache (format §3.6). */
export type Store = 'git' | 'cache';

/** Largest file kept in git, in stored bytes: 1 MiB. */
export const CACHE_THRESHOLD = 1_048_576;

/** Most bytes that the git-stored files of an entry may have together: 256 MiB. */
export const GIT_BUDGET: number = 256 * 1024 * 1024;

const ROLES_BY_NAME: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['eval_report.json', 'eval'],
  ['train_manifest.json', 'train'],
  ['tokenizer.json', 'tokenizer'],
  ['tokenizer_config.json', 'tokenizer'],
  ['special_tokens_map.json', 'tokenizer'],
  ['added_tokens.json', 'tokenizer'],
  ['vocab.json', 'tokenizer'],
  ['vocab.txt', 'tokenizer'],
  ['merges.txt', 'tokenizer'],
  ['tokenizer.model', 'tokenizer'],
  ['spiece.model', 'tokenizer'],
]);

const WEIGHTS =
  /\.(?:safetensors|gguf|onnx|bin|pt|pth|ckpt|h5|keras|pkl|pickle|joblib|npz|npy|msgpack|tflite|pb|mlmodel|ubj)$/;

/** Returns a file's role, by its base name; byte-exact, the first match wins (format §3.5). */
export function roleOf(path: string): Role {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const named = ROLES_BY_NAME.get(name);
  if (named !== undefined) return named;
  if (WEIGHTS.test(name)) return 'weights';
  if (name.endsWith('.json')) return 'config';
  if (name.endsWith('.md') || name.endsWith('.txt') || name.startsWith('LICENSE')) return 'doc';
  return 'other';
}

/** Returns where a file of that role and stored size lives (format §3.6). */
export function storeOf(role: Role, bytes: number): Store {
  return role === 'weights' || bytes > CACHE_THRESHOLD ? 'cache' : 'git';
}
