/** A registry driven through the built program: every document is checked against the schema that the package publishes. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { loadVisible } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { findInvocation } from '../../src/cli/invocation.ts';
import { explainDocument } from '../cli/docs/json-documents.ts';
import { runCli } from './cli.ts';
import { gitEnvironment } from './git-env.ts';
import { writeBundle } from './registry-rig.ts';
import {
  type RepositoryOptions,
  repositoryAt,
  type TemporaryRepository,
  temporaryRepository,
} from './temporary-repository.ts';

/** How a command ended. */
export interface Ran {
  readonly exitCode: number | null;
  /** The code of the fault; undefined where there was none. */
  readonly code: string | undefined;
  /** The document; that of a fault has one member, `error`. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly stderr: string;
}

/** A registry and its user. */
export interface CliRegistry {
  readonly repository: TemporaryRepository;
  /** Runs `git registry ARGS --json` in the repository. Throws when what it prints is not a document of its schema. */
  run(...args: readonly string[]): Ran;
  /** The same, with other variables or in another folder. */
  runIn(
    options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
    ...args: readonly string[]
  ): Ran;
  /** The same, but throws unless the exit code is 0; returns the document. */
  must(...args: readonly string[]): Readonly<Record<string, unknown>>;
  /** Writes a bundle folder outside the work tree and returns it. */
  bundle(name: string, files: Readonly<Record<string, string | Uint8Array>>): string;
  /** Returns the number of events in the log of a model. */
  events(model: string): number;
  /** Returns the newest event of a model, as the log holds it. */
  newestEvent(model: string): Readonly<Record<string, unknown>>;
  /** Returns every ref under refs/registry/ with its target. */
  refs(): string;
}

const NAMES: ReadonlySet<string> = new Set(COMMANDS.keys());
const OUTPUTS: ReadonlyMap<string, string> = new Map(
  (await loadVisible(COMMANDS)).map(({ name, output }) => [name, output ?? '']),
);

/** Makes an empty repository with an identity. */
export function cliRegistry(options: RepositoryOptions = {}): CliRegistry {
  return cliRegistryAt(temporaryRepository(options));
}

/** The same, for all tests of a file; it goes when the last one is done. Called outside of tests. */
export function sharedCliRegistry(): CliRegistry {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'git-registry-shared-')));
  afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const [home, folder] = [join(root, 'home'), join(root, 'repository')];
  for (const made of [home, folder]) mkdirSync(made);
  const repository = repositoryAt(folder, join(folder, '.git'), gitEnvironment(home));
  repository.git(['init', '--quiet', '--initial-branch=main']);
  return cliRegistryAt(repository);
}

/** Returns the handle of a repository that exists. */
export function cliRegistryAt(repository: TemporaryRepository): CliRegistry {
  const runIn: CliRegistry['runIn'] = ({ cwd = repository.folder, env = {} }, ...args) => {
    const end = args.indexOf('--');
    const words = end < 0 ? [...args, '--json'] : [...args.slice(0, end), '--json', ...args.slice(end)];
    const { exitCode, stdout, stderr } = runCli(words, { cwd, env: { ...repository.environment, ...env } });
    const document = JSON.parse(stdout) as Ran['document'];
    const isFault = Object.keys(document).join() === 'error';
    refuseOtherShape(isFault ? 'error' : outputOf(args), document);
    const code = isFault ? (document['error'] as { readonly code: string }).code : undefined;
    return { exitCode, code, document, stderr };
  };
  const logOf = (model: string): string => `refs/registry/log/${model}`;
  return {
    repository,
    runIn,
    run: (...args) => runIn({}, ...args),
    must: (...args) => {
      const { exitCode, document, stderr } = runIn({}, ...args);
      if (exitCode !== 0)
        throw new Error(`git registry ${args.join(' ')}: exit ${exitCode}\n${stderr}${JSON.stringify(document)}`);
      return document;
    },
    bundle: (name, files) => writeBundle(join(dirname(repository.folder), 'bundles', name), files),
    events: (model) => Number(repository.tryGit(['rev-list', '--first-parent', '--count', logOf(model)]).stdout || '0'),
    newestEvent: (model) => {
      const message = repository.git(['show', '--no-patch', '--format=%B', logOf(model)]);
      return JSON.parse(message.slice(message.indexOf('\n\n') + 2)) as Readonly<Record<string, unknown>>;
    },
    refs: () => repository.git(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/registry']),
  };
}

function outputOf(args: readonly string[]): string {
  const invocation = findInvocation(args, NAMES);
  const output = invocation.kind === 'command' ? OUTPUTS.get(invocation.name) : undefined;
  if (output === undefined) throw new Error(`git registry ${args.join(' ')}: expected a command of the list`);
  return output;
}

function refuseOtherShape(output: string, document: unknown): void {
  const why = explainDocument(output, document);
  if (why !== undefined) throw new Error(`${why}: ${JSON.stringify(document)}`);
}
