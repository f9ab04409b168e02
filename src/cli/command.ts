/**
 * What a command is: data plus `run`. Parsing, usage errors, help, the man page and completion are all made from the data,
 * so that they cannot disagree.
 */
import type { Workspace } from '../operations/workspace.ts';
import type { WorkspaceOptions } from './context.ts';
import type { Output } from './output.ts';
import type { Style } from './render/style.ts';

/** The groups of the program's help, in the order in which they are shown. */
export const GROUPS = [
  'Start',
  'Register',
  'Versions and stages',
  'Govern',
  'Look',
  'Trace',
  'Share',
  'Keep',
  'Shell',
] as const;

/** A group of the program's help. */
export type Group = (typeof GROUPS)[number];

/** What the shell may offer at this place. `path` is of the file system, `file` is one inside an entry. */
export type Completes = 'model' | 'spec' | 'version' | 'stage' | 'path' | 'file' | 'command';

/** What every option has. `says`: lower case, one sentence without a full stop. `conflicts`: options that exclude it. */
interface OptionBase {
  readonly says: string;
  readonly alias?: string;
  readonly hidden?: true;
  readonly conflicts?: readonly string[];
}

/** What every option with a value has. `placeholder` is upper case, e.g. `VERSION`. */
interface ValuedOption extends OptionBase {
  readonly placeholder: string;
  readonly completes?: Completes;
}

/**
 * An option. `list` and `pairs` may be repeated; of the others the last one counts. `pairs` takes `KEY=VALUE`, split at the
 * first `=`; `number` takes a decimal number, with `whole` an integer, with `least` none below.
 */
export type OptionSpec =
  | (OptionBase & { readonly kind: 'boolean' })
  | (ValuedOption & { readonly kind: 'string'; readonly default?: string; readonly required?: true })
  | (ValuedOption & {
      readonly kind: 'number';
      readonly default?: number;
      readonly least?: number;
      readonly whole?: true;
    })
  | (OptionBase & { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default?: string })
  | (ValuedOption & { readonly kind: 'list' })
  | (ValuedOption & { readonly kind: 'pairs' });

/** The options of a command by long name, kebab-case, without dashes. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** An operand. `name` is camelCase, shown as `placeholder` or in upper case; only the last one may be variadic. */
export interface Positional {
  readonly name: string;
  readonly says: string;
  readonly placeholder?: string;
  readonly required?: true;
  readonly variadic?: true;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
}

/** One `KEY=VALUE`. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** What an argument can be. */
export type ArgumentValue = string | number | boolean | readonly string[] | readonly Pair[] | undefined;

/** Arguments by name: options in camelCase, positionals by theirs. */
export type Arguments = Readonly<Record<string, ArgumentValue>>;

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type Always<Spec, Value> = Spec extends { readonly required: true } | { readonly default: string | number }
  ? Value
  : Value | undefined;

type OptionValue<Spec extends OptionSpec> = Spec extends { readonly kind: 'boolean' }
  ? boolean
  : Spec extends { readonly kind: 'list' }
    ? readonly string[]
    : Spec extends { readonly kind: 'pairs' }
      ? readonly Pair[]
      : Spec extends { readonly kind: 'number' }
        ? Always<Spec, number>
        : Spec extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
          ? Always<Spec, Choice>
          : Always<Spec, string>;

type PositionalWord<Spec extends Positional> = Spec extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : string;

type PositionalValue<Spec extends Positional> = Spec extends { readonly variadic: true }
  ? readonly PositionalWord<Spec>[]
  : Spec extends { readonly required: true }
    ? PositionalWord<Spec>
    : PositionalWord<Spec> | undefined;

/** The arguments that `run` gets, inferred from the data. */
export type ArgumentsOf<Positionals extends readonly Positional[], Options extends OptionSpecs> = {
  readonly [Name in keyof Options & string as CamelCase<Name>]: OptionValue<Options[Name]>;
} & {
  readonly [Spec in Positionals[number] as Spec['name']]: PositionalValue<Spec>;
};

/** What `run` of a command gets. Results go back as a value; only what cannot wait is written to `err`. */
export interface CommandContext extends WorkspaceOptions {
  /** Columns that text for stdout may take; Infinity where that is no terminal, so that a pipe gets whole lines. */
  readonly width: number;
  readonly out: Output;
  readonly err: Output;
  readonly commands: CommandList;
  /** Opens the registry when first called; the same one after that. */
  workspace(): Promise<Workspace>;
}

/** A line of examples: what to type, and what it does (lower case, no full stop). */
export interface Example {
  readonly command: string;
  readonly says: string;
}

/** What a command answers. Exactly one of `json`, `text` and `bytes` reaches stdout. */
export interface CommandResult {
  /** The one document of `--json`; plain data, fits the schema that the command names in `output`. */
  readonly json: unknown;
  /** What people read: lines, or a text. May hold raw bytes of repositories: the program escapes what a terminal obeys. */
  text(style: Style): string | readonly string[];
  /** Written as they are instead of `text`, e.g. by `cat`. */
  readonly bytes?: AsyncIterable<Uint8Array>;
  /** 0 where absent; an answer that is no is 1 (format §9). */
  readonly exitCode?: number;
  /** Lines for stderr, e.g. `not published: git registry push`. */
  readonly notes?: readonly string[];
}

interface CommandData<Positionals extends readonly Positional[], Options extends OptionSpecs> {
  /** The verb, or two words, e.g. `model create`. */
  readonly name: string;
  readonly group: Group;
  /** One line, imperative, no full stop. */
  readonly summary: string;
  /** Paragraphs, separated by an empty line. */
  readonly description?: string;
  readonly positionals: Positionals;
  readonly options: Options;
  readonly examples: readonly Example[];
  /** The name of the schema of `--json`: `src/schema/output/<output>.schema.json`. Absent only where `hidden`. */
  readonly output?: string;
  /** Left out of help, man page and completion. */
  readonly hidden?: true;
}

/** A command whose argument types are known. */
export interface CommandSpec<Positionals extends readonly Positional[], Options extends OptionSpecs>
  extends CommandData<Positionals, Options> {
  run(context: CommandContext, args: ArgumentsOf<Positionals, Options>): Promise<CommandResult>;
}

/** A command as the program sees it, whatever its arguments. */
export interface Command extends CommandData<readonly Positional[], OptionSpecs> {
  run(context: CommandContext, args: Arguments): Promise<CommandResult>;
}

/**
 * Returns a command. Its data decide the types of `args`; the parser makes `args` from the same data, which is why the
 * narrower `run` may stand for the wider one.
 */
export function defineCommand<const Positionals extends readonly Positional[], const Options extends OptionSpecs>(
  spec: CommandSpec<Positionals, Options>,
): Command {
  return spec;
}

/** The commands by name: each is loaded with its own chunk when first used. */
export type CommandList = ReadonlyMap<string, () => Promise<Command>>;

/** Loads all commands that people see, in the order of the list. */
export async function loadVisible(list: CommandList): Promise<readonly Command[]> {
  const commands = await Promise.all([...list.values()].map((load) => load()));
  return commands.filter((command) => command.hidden === undefined);
}
