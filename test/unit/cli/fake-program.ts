/** Commands that exist only in these tests, and the program run over them in memory. */
import { Writable } from 'node:stream';
import { type Command, type CommandList, type CommandResult, defineCommand } from '../../../src/cli/command.ts';
import type { OpenWorkspace } from '../../../src/cli/context.ts';
import { runProgram } from '../../../src/cli/program.ts';

/** One option of every kind, a SPEC and more. It answers with its arguments. */
export const everythingCommand: Command = defineCommand({
  name: 'everything',
  group: 'Look',
  summary: 'Take one of each',
  description: 'A first paragraph.\n\nA second one.',
  positionals: [
    { name: 'spec', required: true, completes: 'spec', says: 'the entry' },
    { name: 'paths', variadic: true, placeholder: 'PATH', completes: 'path', says: 'files' },
  ],
  options: {
    force: { kind: 'boolean', alias: 'f', says: 'do it anyway' },
    message: { kind: 'string', alias: 'm', placeholder: 'TEXT', says: 'why' },
    'dry-run': { kind: 'boolean', says: 'change nothing' },
    depth: { kind: 'number', alias: 'd', placeholder: 'N', whole: true, least: 0, default: 3, says: 'how deep' },
    ratio: { kind: 'number', placeholder: 'X', says: 'a share' },
    bump: { kind: 'choice', choices: ['major', 'minor'], conflicts: ['as'], says: 'what to raise' },
    as: { kind: 'string', placeholder: 'VERSION', completes: 'version', conflicts: ['bump'], says: 'the version' },
    to: { kind: 'string', placeholder: 'STAGE', completes: 'stage', says: 'the stage' },
    exclude: { kind: 'list', placeholder: 'GLOB', says: 'leave out' },
    tag: { kind: 'pairs', alias: 't', placeholder: 'KEY=VALUE', says: 'a tag' },
    secret: { kind: 'boolean', hidden: true, says: 'not for people' },
  },
  examples: [{ command: 'git registry everything m@v1.0.0 a b', says: 'take two files' }],
  output: 'everything',
  async run(_context, args) {
    return { json: args, text: () => JSON.stringify(args) };
  },
});

/** Returns a command without arguments that answers, or throws, as told. */
export function answering(name: string, answer: () => CommandResult | Promise<CommandResult>): Command {
  return defineCommand({
    name,
    group: 'Look',
    summary: `Answer as ${name}`,
    positionals: [],
    options: {},
    examples: [],
    output: name.replace(' ', '-'),
    run: async () => answer(),
  });
}

/** Returns a list of commands that are loaded already. */
export function listOf(...commands: readonly Command[]): CommandList {
  return new Map(commands.map((command) => [command.name, async () => command]));
}

/** A stream that keeps what it gets; `fail` makes every write fail with that code. */
export class MemoryStream extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;
  readonly #fail: string | undefined;

  constructor(options: { readonly isTTY?: boolean; readonly columns?: number; readonly fail?: string } = {}) {
    super();
    this.isTTY = options.isTTY ?? false;
    this.columns = options.columns ?? 80;
    this.#fail = options.fail;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.#fail === undefined) {
      this.text += chunk.toString('utf8');
      done();
    } else {
      done(Object.assign(new Error(this.#fail), { code: this.#fail }));
    }
  }
}

/** How to run. */
export interface FakeWorld {
  readonly commands?: CommandList;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdout?: MemoryStream;
  readonly stderr?: MemoryStream;
  readonly cwd?: string | (() => string);
  readonly openWorkspace?: OpenWorkspace;
  readonly now?: () => number;
}

/** What a run left behind. */
export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program with these arguments. */
export async function runFake(argv: readonly string[], world: FakeWorld = {}): Promise<Ran> {
  const stdout = world.stdout ?? new MemoryStream();
  const stderr = world.stderr ?? new MemoryStream();
  const exitCode = await runProgram({
    argv,
    env: world.env ?? { LC_ALL: 'C.UTF-8' },
    platform: 'linux',
    stdout,
    stderr,
    commands: world.commands ?? listOf(everythingCommand),
    openWorkspace: world.openWorkspace ?? (() => Promise.reject(new Error('no workspace in this test'))),
    signal: new AbortController().signal,
    cwd: () => (typeof world.cwd === 'function' ? world.cwd() : (world.cwd ?? '/')),
    now: world.now ?? (() => 0),
  });
  return { exitCode, out: stdout.text, err: stderr.text };
}
