/** Names of files that `check` looks at wherever they lie, changed or not, and how git is asked for them. */

const NAMES: readonly string[] = [
  'train_manifest.json',
  'eval_report.json',
  'eval_baseline.json',
  'registry.lock',
  'registry.yaml',
  'dvc.lock',
];
const ENDINGS: readonly string[] = ['.dvc'];

/** Returns git's patterns for all telling names, in every folder from the top level. */
export function namedPathspecs(): readonly string[] {
  return [...NAMES.map((name) => `:(top,glob)**/${name}`), ...ENDINGS.map((ending) => `:(top,glob)**/*${ending}`)];
}

/** Tells whether the base name of a path is one of `names`, or longer than one of `endings` and ends in it. */
export function isNamed(path: string, names: readonly string[], endings: readonly string[]): boolean {
  const base = path.slice(path.lastIndexOf('/') + 1);
  return names.includes(base) || endings.some((ending) => base.length > ending.length && base.endsWith(ending));
}
