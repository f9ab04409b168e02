/** From an argument vector to an exit code. Knows streams and environment only as they are handed in. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodeOf, RegistryError } from '../domain/errors.ts';
import type { Workspace } from '../operations/workspace.ts';
import { SILENT } from '../ports/progress.ts';
import { openAt } from './at-option.ts';
import { type Command, type CommandContext, type CommandList, type CommandResult, loadVisible } from './command.ts';
import type { CommonArguments } from './common-options.ts';
import type { Environment, OpenWorkspace } from './context.ts';
import { asksForJson, findInvocation, type Invocation } from './invocation.ts';
import { type Output, type OutputStream, openOutput, writeLines } from './output.ts';
import { parseWords } from './parse-words.ts';
import { type TerminalProgress, terminalProgress } from './progress.ts';
import { type ReadArguments, readArguments } from './read-arguments.ts';
import { asRegistryError, errorDocument, renderError } from './render/error.ts';
import { renderJson } from './render/json.ts';
import { isUnicodeLocale, styleFor, widthOf } from './terminal.ts';
import { explainInvocation, usageError, withUsageLine } from './usage-error.ts';
import { VERSION_LINE } from './version.ts';

/** The process, as far as the program needs one. */
export interface ProgramWorld {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly commands: CommandList;
  readonly openWorkspace: OpenWorkspace;
  readonly signal: AbortSignal;
  /** Throws where the current folder is gone. */
  cwd(): string;
  /** Milliseconds from any start, never going back. */
  now(): number;
}

interface Session extends ProgramWorld {
  readonly out: Output;
  readonly err: Output;
}

/** Runs the program and returns its exit code (format §9). Never throws. */
export async function runProgram(world: ProgramWorld): Promise<number> {
  const session: Session = {
    ...world,
    out: openOutput(world.stdout, 'standard output'),
    err: openOutput(world.stderr, 'standard error'),
  };
  try {
    return await dispatch(session, findInvocation(world.argv, new Set(world.commands.keys())));
  } catch (thrown) {
    return await report(session, asRegistryError(thrown));
  }
}

async function dispatch(session: Session, invocation: Invocation): Promise<number> {
  switch (invocation.kind) {
    case 'version':
      await session.out.write(`${VERSION_LINE}\n`);
      return 0;
    case 'program-help':
    case 'group-help':
      await printHelp(session, invocation);
      return 0;
    case 'command': {
      const command = await loadCommand(session.commands, invocation.name);
      if (!invocation.help) return await runCommand(session, command, invocation.words);
      const { commandHelp } = await import('./command-help.ts');
      await session.out.write(`${await commandHelp(command, session.out.columns)}\n`);
      return 0;
    }
    default:
      throw await explainInvocation(invocation, session.commands);
  }
}

async function printHelp(
  session: Session,
  invocation: Extract<Invocation, { kind: 'program-help' | 'group-help' }>,
): Promise<void> {
  const { groupHelp, programHelp } = await import('./help-text.ts');
  const commands = await loadVisible(session.commands);
  const style = styleFor(session.out, 'auto', session.env, session.platform);
  const lines =
    invocation.kind === 'group-help' ? groupHelp(invocation.group, commands, style) : programHelp(commands, style);
  await writeLines(session.out, lines, style.finish);
}

async function loadCommand(list: CommandList, name: string): Promise<Command> {
  const load = list.get(name);
  if (load === undefined) throw new RegistryError('bug', `command ${name} is not in the list`);
  return await load();
}

function parse(command: Command, words: readonly string[]): ReadArguments {
  const parsed = parseWords(command, words);
  const outcome = parsed.kind === 'refused' ? parsed : readArguments(command, parsed.value);
  if (outcome.kind === 'refused') throw usageError(command, outcome.reason);
  return outcome.value;
}

async function runCommand(session: Session, command: Command, words: readonly string[]): Promise<number> {
  const { args, common } = parse(command, words);
  const progress = progressFor(session, common);
  let opened: Promise<Workspace> | undefined;
  session.signal.addEventListener('abort', () => progress.clear());
  const options = { cwd: startFolder(session, common.directory), env: session.env, progress, signal: session.signal };
  const context: CommandContext = {
    ...options,
    width: widthOf(session.out),
    out: session.out,
    err: session.err,
    commands: session.commands,
    workspace: () => (opened ??= session.openWorkspace(options).then((workspace) => openAt(workspace, command, args))),
  };
  try {
    return await present(session, common, await command.run(context, args));
  } catch (thrown) {
    throw withUsageLine(command, thrown);
  } finally {
    progress.clear();
    // Where opening failed, the command has thrown that already.
    await (await opened?.catch(() => undefined))?.close();
  }
}

/** `-C` as in git: each one relative to the one before. */
function startFolder(session: Session, directories: readonly string[]): string {
  const cwd = directories.reduce((from, next) => resolve(from, next), currentFolder(session));
  if (directories.length === 0 || isFolder(cwd)) return cwd;
  throw new RegistryError('usage', `-C ${directories.join(' -C ')}: expected a folder`, { data: { path: cwd } });
}

function currentFolder(session: Session): string {
  try {
    return session.cwd();
  } catch (cause) {
    throw new RegistryError('io', 'the current folder is gone', { cause });
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function progressFor(session: Session, common: CommonArguments): TerminalProgress {
  const { err, env, now, platform } = session;
  const silent = common.quiet || common.noProgress || !err.isTerminal || env['TERM'] === 'dumb';
  if (silent) return { ...SILENT, clear: () => undefined };
  return terminalProgress({
    write: (text) => void err.write(text).catch(() => undefined),
    columns: err.columns ?? 80,
    unicode: isUnicodeLocale(env, platform),
    now,
  });
}

async function present(session: Session, common: CommonArguments, result: CommandResult): Promise<number> {
  const { out, err, env, platform } = session;
  if (common.json) await out.write(renderJson(result.json));
  else if (result.bytes !== undefined) await pour(out, result.bytes);
  else {
    const style = styleFor(out, common.color, env, platform);
    const text = result.text(style);
    await writeLines(out, text === '' ? [] : [text].flat(), style.finish);
  }
  const style = styleFor(err, common.color, env, platform);
  if (!common.quiet) await writeLines(err, result.notes ?? [], style.finish);
  return result.exitCode ?? 0;
}

async function pour(out: Output, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of bytes) {
    await out.write(chunk);
    if (out.closed) break;
  }
}

/** Prints a fault where the user looks: a document on stdout with `--json`, else lines on stderr. */
/** Exit codes of a git that a signal ended: 128 + SIGHUP, SIGINT, SIGTERM. */
const INTERRUPTED: ReadonlySet<unknown> = new Set([129, 130, 143]);

async function report(session: Session, error: RegistryError): Promise<number> {
  const { err, out } = session;
  // A terminal signals git and this process at once. Where git's end is seen first, the signal is on its way, and ends us.
  if (INTERRUPTED.has(error.data['exitCode'])) await pause(500);
  if (asksForJson(session.argv)) {
    const told = await out.write(renderJson(errorDocument(error))).then(
      () => true,
      () => false,
    );
    if (told) return exitCodeOf(error.code);
  }
  const style = styleFor(err, 'auto', session.env, session.platform);
  await writeLines(err, renderError(error, style), style.finish).catch(() => undefined);
  return exitCodeOf(error.code);
}
