/** The options that every command has, and how options and positionals are named and written. */
import type { Command, OptionSpec, OptionSpecs, Positional } from './command.ts';

/** The options that every command has. */
export const COMMON_OPTIONS = {
  json: { kind: 'boolean', says: 'print one JSON document instead of text' },
  directory: { kind: 'list', alias: 'C', placeholder: 'DIR', completes: 'path', says: 'run as if started in DIR' },
  quiet: { kind: 'boolean', alias: 'q', says: 'print results and errors only' },
  'no-progress': { kind: 'boolean', says: 'show no progress' },
  color: { kind: 'choice', choices: ['auto', 'always', 'never'], default: 'auto', says: 'colour the text' },
  help: { kind: 'boolean', alias: 'h', says: 'show this help' },
} as const satisfies OptionSpecs;

/** What the common options say. */
export interface CommonArguments {
  readonly json: boolean;
  readonly directory: readonly string[];
  readonly quiet: boolean;
  readonly noProgress: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

/** How many weights files move at a time. */
export const JOBS_OPTION = {
  kind: 'number',
  alias: 'j',
  placeholder: 'N',
  whole: true,
  least: 1,
  says: 'transfers at a time (default: jobs of the weights remote, or 4)',
} as const satisfies OptionSpec;

/** Returns the words of the commands that are about a remote: `[REMOTE] [MODEL...]`. `how`: how it is about it. */
export function remoteAndModels(how: string) {
  return {
    name: 'words',
    placeholder: '[REMOTE] [MODEL]',
    variadic: true,
    completes: 'model',
    says: `${how}, and which models (all)`,
  } as const satisfies Positional;
}

const VERSION_OF_SPEC: OptionSpec = {
  kind: 'string',
  placeholder: 'V',
  completes: 'version',
  says: 'the version: MODEL --version V means MODEL@V',
};

/** Returns the positional that takes a SPEC, if the command has one. */
export function findSpecPositional(command: Pick<Command, 'positionals'>): Positional | undefined {
  return command.positionals.find(({ completes }) => completes === 'spec');
}

/** Tells whether the framework gives the command its `--version V`: it takes a SPEC and has no such option itself. */
export function hasVersionOption(command: Pick<Command, 'positionals' | 'options'>): boolean {
  return findSpecPositional(command) !== undefined && !Object.hasOwn(command.options, 'version');
}

/** Returns the command's own options, `--version V` included where it takes a SPEC. */
export function ownOptions(command: Pick<Command, 'positionals' | 'options'>): OptionSpecs {
  return hasVersionOption(command) ? { ...command.options, version: VERSION_OF_SPEC } : command.options;
}

/** Returns all options that the command takes, by long name. */
export function allOptions(command: Pick<Command, 'positionals' | 'options'>): OptionSpecs {
  return { ...ownOptions(command), ...COMMON_OPTIONS };
}

/** Returns `dry-run` as `dryRun`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Returns what stands for the option's value in texts, or undefined where it takes none. */
export function placeholderOf(option: OptionSpec): string | undefined {
  if (option.kind === 'boolean') return undefined;
  return option.kind === 'choice' ? option.choices.join('|') : option.placeholder;
}

/** Returns a positional as in a synopsis: `SPEC`, `[MODEL]`, `PATH...`, `[bash|zsh]`. */
export function positionalSynopsis(positional: Positional): string {
  const name = positionalPlaceholder(positional);
  const many = positional.variadic ? `${name}...` : name;
  return positional.required ? many : `[${many}]`;
}

/** Returns what stands for a positional in texts: its placeholder, its choices, or its name in upper case. */
export function positionalPlaceholder(positional: Positional): string {
  return positional.placeholder ?? positional.choices?.join('|') ?? positional.name.toUpperCase();
}

/** Returns `git registry show [OPTIONS] SPEC`. */
export function synopsis(command: Pick<Command, 'name' | 'positionals'>): string {
  return ['git registry', command.name, '[OPTIONS]', ...command.positionals.map(positionalSynopsis)].join(' ');
}
