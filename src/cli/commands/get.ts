/** `get`: fetches the files of an entry. */
import { relative, resolve, sep } from 'node:path';
import { RegistryError } from '../../domain/errors.ts';
import { type GetResult, get } from '../../operations/get.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, defineCommand } from '../command.ts';
import { JOBS_OPTION } from '../common-options.ts';
import { given } from '../given.ts';
import { shortSha } from '../render/entry-name.ts';
import { formatBytes, formatCount } from '../render/quantity.ts';

/** The command. */
export const getCommand: Command = defineCommand({
  name: 'get',
  group: 'Look',
  summary: 'Fetch the files of an entry',
  description:
    'Writes the files to ./MODEL-VERSION/ and prints that path. Every byte is checked while it is written; the folder ' +
    'is there whole or not at all. What the cache lacks comes from the weights remotes. A folder that exists is left alone unless it is empty or --force is given.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    output: { kind: 'string', alias: 'o', placeholder: 'DIR', completes: 'path', says: 'the folder to write' },
    file: { kind: 'list', placeholder: 'PATH', completes: 'file', says: 'fetch only this file' },
    jobs: JOBS_OPTION,
    force: { kind: 'boolean', says: 'replace the folder where it exists' },
    'allow-tombstoned': { kind: 'boolean', says: 'fetch an entry with a tombstone too' },
    at: AT_OPTION,
  },
  examples: [
    { command: 'git registry get grammar-tutor@production', says: 'fetch what is in production' },
    { command: 'git registry get grammar-tutor@v1.2.0 -o model --force', says: 'put a version in place of another' },
    { command: 'git registry get v1.2.0 --file config.json --file tokenizer.json', says: 'fetch two files' },
  ],
  output: 'get',
  async run(context, args) {
    const { spec, output, file: files, force, allowTombstoned, jobs } = args;
    const { cwd } = context;
    const destination = (defaultName: string): string => resolve(cwd, output ?? defaultName);
    const workspace = await context.workspace();
    const got = await get(workspace, {
      spec,
      destination,
      files,
      force,
      allowTombstoned,
      ...given({ jobs }),
    }).catch(withOtherPlace);
    return { json: got, text: () => shownPath(cwd, output, got.destination), notes: [receipt(got)] };
  },
});

/** Says what to type where the destination will not do. */
function withOtherPlace(error: unknown): never {
  if (!(error instanceof RegistryError) || error.code !== 'destination' || error.hint !== undefined) throw error;
  const hint = '-o DIR writes elsewhere; --force replaces a folder that exists';
  throw new RegistryError(error.code, error.message, { data: error.data, hint, cause: error });
}

/** The path as the user would type it from where they are. */
function shownPath(cwd: string, output: string | undefined, destination: string): string {
  const path = output ?? relative(cwd, destination);
  return path.endsWith(sep) ? path : `${path}${sep}`;
}

function receipt({ model, version, sha256, files }: GetResult): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const name = version === null ? `${model} ${shortSha(sha256)}` : `${model} ${version} (${shortSha(sha256)})`;
  return `${name}: ${formatCount(files.length, 'file')}, ${formatBytes(bytes)}, verified`;
}
