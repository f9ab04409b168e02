/** Which files make the bundle: what lies on disk, files given a role, and files made from flags (format §3.2-3.4). */
import { encodeJson, type JsonValue } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Profile, Role } from '../domain/manifest.ts';
import { LM_FILES, planProfile } from '../domain/profile.ts';
import { roleOf } from '../domain/role.ts';
import type { SkippedFile, SourceFile } from '../ports/bundle-source.ts';
import type { BundleInput } from './prepare-bundle.ts';
import type { Workspace } from './workspace.ts';

/** What the user pointed at. */
export interface FileChoice {
  /** Absolute paths of folders and files. */
  readonly paths: readonly string[];
  /** `--file ROLE=PATH`, absolute. */
  readonly roleFiles: readonly { readonly role: Role; readonly path: string }[];
  readonly metrics: ReadonlyMap<string, JsonValue>;
  readonly params: ReadonlyMap<string, JsonValue>;
  readonly followLinks: boolean;
  readonly exclude: readonly string[];
}

/** The chosen files. */
export interface ChosenFiles {
  readonly inputs: readonly BundleInput[];
  readonly skipped: readonly SkippedFile[];
  /** Paths that may decide the profile: neither made from flags nor an evaluation or train file given by `--file`. */
  readonly deciding: readonly string[];
}

/** Names that files given a role get, whatever their source was called (format §3.2). */
const NAME_OF_ROLE: Readonly<Partial<Record<Role, string>>> = {
  eval: 'eval_report.json',
  train: 'train_manifest.json',
  tokenizer: 'tokenizer.json',
  config: 'config.json',
};

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function nameFor(role: Role, path: string): string {
  const base = baseName(path);
  if (role === 'weights') return base.endsWith('.safetensors') ? 'model.safetensors' : base;
  // A vocabulary or a SentencePiece model is no tokenizer.json, whatever it is called.
  if (role === 'tokenizer' && roleOf(base) === 'tokenizer') return base;
  return NAME_OF_ROLE[role] ?? base;
}

/** Collects the files. Throws `bad-bundle` where two would have one path. */
export async function chooseFiles(workspace: Workspace, choice: FileChoice): Promise<ChosenFiles> {
  const source = await workspace.source();
  const { followLinks, exclude } = choice;
  const collected = await source.collect({ paths: choice.paths, followLinks, exclude });
  const given: { readonly role: Role; readonly file: SourceFile }[] = [];
  for (const { role, path } of choice.roleFiles) {
    const { files } = await source.collect({ paths: [path], followLinks, exclude: [] });
    given.push({ role, file: { ...getOnlyFile(role, path, files), path: nameFor(role, path) } });
  }
  const found = [...collected.files, ...given.map(({ file }) => file)];
  const inputs: BundleInput[] = found.map((file) => ({ kind: 'file', path: file.path, source: file }));
  inputs.push(...madeFiles(choice));
  refuseTwice(inputs);
  if (inputs.length === 0)
    throw new RegistryError('bad-bundle', 'the bundle has no file', { data: { skipped: collected.skipped } });
  const optional = new Set(
    given.filter(({ role }) => role === 'eval' || role === 'train').map(({ file }) => file.path),
  );
  const deciding = found.map(({ path }) => path).filter((path) => !optional.has(path));
  const all = found.map(({ path }) => path);
  return { inputs, skipped: collected.skipped, deciding: isExactly(all, LM_FILES) ? all : deciding };
}

/** A folder's content comes under the names in it, or from below it: neither is the one file that was named. */
function getOnlyFile(role: Role, path: string, files: readonly SourceFile[]): SourceFile {
  const [file] = files;
  const name = nameFor(role, path);
  if (file === undefined || files.length > 1 || file.path !== baseName(path) || file.source.startsWith(`${path}/`)) {
    throw new RegistryError('not-a-file', `--file ${role}=${path}: expected a regular file`, { data: { path, role } });
  }
  if (roleOf(name) === role) return file;
  throw new RegistryError(
    'bad-bundle',
    `--file ${role}=${path}: expected a name of role ${role}, got ${name}, of role ${roleOf(name)}`,
    {
      data: { path, role, found: roleOf(name) },
    },
  );
}

function isExactly(paths: readonly string[], names: Iterable<string>): boolean {
  const expected = new Set(names);
  return paths.length === expected.size && paths.every((path) => expected.has(path));
}

/** Plans the profile (format §3.4): files made from flags may complete a bundle but never decide its profile. */
export function chooseProfile(
  files: ChosenFiles,
  requested: Profile | undefined,
  modelProfile: Profile | undefined,
): Profile {
  const profile = requested ?? modelProfile ?? planProfile({ paths: files.deciding });
  return planProfile({ requested: profile, paths: files.inputs.map(({ path }) => path) });
}

function madeFiles(choice: FileChoice): readonly BundleInput[] {
  const made = (path: string, value: JsonValue): BundleInput => ({
    kind: 'made',
    path,
    body: new TextEncoder().encode(encodeJson(value)),
  });
  const inputs: BundleInput[] = [];
  if (choice.metrics.size > 0) inputs.push(made('eval_report.json', choice.metrics));
  if (choice.params.size > 0) inputs.push(made('train_manifest.json', new Map([['hparams', choice.params]])));
  return inputs;
}

function refuseTwice(inputs: readonly BundleInput[]): void {
  const seen = new Set<string>();
  for (const { path, kind } of inputs) {
    if (seen.has(path)) {
      const why =
        kind === 'made'
          ? 'the bundle has its own; --metric and --param cannot add to it'
          : 'two files would have this path';
      throw new RegistryError('bad-bundle', `${path}: ${why}`, { data: { path } });
    }
    seen.add(path);
  }
}
