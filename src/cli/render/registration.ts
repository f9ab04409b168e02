/** What `register` did: in a line or two for people, in one document for programs. */
import type { RegisterResult } from '../../operations/register.ts';
import { shortSha } from './entry-name.ts';
import { formatBytes, formatCount, formatTime } from './quantity.ts';
import type { Style } from './style.ts';

/** Returns the document: `src/schema/output/register.schema.json`. The files are in `git registry show --json`. */
export function registrationDocument(result: RegisterResult): Readonly<Record<string, unknown>> {
  const {
    manifest,
    sha256,
    commit,
    model,
    version,
    pending,
    created,
    modelCreated,
    dryRun,
    profile,
    skipped,
    findings,
  } = result;
  return {
    sha256,
    commit,
    model,
    version,
    pending,
    created,
    modelCreated,
    dryRun,
    profile,
    expires: result.expires ?? null,
    reason: result.reason ?? null,
    parents: manifest.parents,
    inputs: manifest.inputs,
    fileCount: manifest.files.length,
    bytes: bytesOf(result),
    skipped,
    findings,
  };
}

/** Returns the lines. */
export function renderRegistration(result: RegisterResult, style: Style): readonly string[] {
  const { model, version, sha256, created, dryRun, reason, modelCreated } = result;
  const name =
    version === null
      ? `${style.bold(model)} ${shortSha(sha256)}`
      : `${style.bold(`${model} ${version}`)}  ${shortSha(sha256)}`;
  if (!created) return [`nothing to do: ${name} is registered already`];
  return [
    ...(modelCreated ? [`${dryRun ? 'would create' : 'created'} model ${model}`] : []),
    `${dryRun ? 'would register' : 'registered'} ${name}${standing(result)}`,
    `  ${factsOf(result).join(', ')}`,
    ...(reason === undefined ? [] : [`  ${reason}`]),
  ];
}

function standing({ pending, version, expires }: RegisterResult): string {
  if (pending) return expires === undefined ? ' as a candidate' : ` as a candidate until ${formatTime(expires)}`;
  return version === null ? ' without a version' : '';
}

function factsOf(result: RegisterResult): readonly string[] {
  const { parents, inputs, files } = result.manifest;
  const [parent] = parents;
  return [
    result.profile,
    formatCount(files.length, 'file'),
    formatBytes(bytesOf(result)),
    ...(parent === undefined
      ? []
      : [parents.length === 1 ? `parent ${shortSha(parent)}` : `${parents.length} parents`]),
    ...(inputs.length === 0 ? [] : [formatCount(inputs.length, 'input')]),
  ];
}

function bytesOf({ manifest }: RegisterResult): number {
  return manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Returns what there is to do next with an entry that has no version. */
export function nextNotes({ model, sha256, version, created, dryRun }: RegisterResult): readonly string[] {
  if (version !== null || !created || dryRun) return [];
  return [`to give it a version: git registry promote ${model}@${shortSha(sha256)} --bump auto`];
}
