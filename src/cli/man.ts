/** The manual page git-registry(1), from the command data: what `git help registry` and `git registry --help` open. */
import { ERROR_CODES, EXIT_CODES, type FaultKind } from '../domain/errors.ts';
import { type Command, GROUPS, type OptionSpecs } from './command.ts';
import {
  COMMON_OPTIONS,
  ownOptions,
  placeholderOf,
  positionalPlaceholder,
  positionalSynopsis,
} from './common-options.ts';
import { PROGRAM_SUMMARY } from './help-text.ts';
import { PROGRAM_VERSION } from './version.ts';

const SPEC_FORMS = [
  ['[MODEL@]vX.Y.Z', 'a version; the v may be left out'],
  ['[MODEL@]latest', 'the highest release'],
  ['[MODEL@]STAGE', 'the entry that occupies a slot, e.g. production'],
  ['[MODEL@]SHA', 'seven or more digits of the canonical SHA, when they name one entry'],
  ['[MODEL@]RANGE', 'the highest version in an npm range, e.g. ^1.2'],
] as const;

const KIND_MEANINGS: Readonly<Record<FaultKind, string>> = {
  no: 'the answer is no: a gate refused, the entry is unknown or tombstoned, verify or check found something repairable',
  usage: 'usage, or a bundle or JSON that breaks the format',
  conflict: 'conflict: others were there first',
  environment: 'environment: no repository, no remote, no disk, no permission',
  corrupt: 'corrupt or tampered',
  bug: 'a bug in git-registry',
  retry: 'try again later: a lock, contention, the network',
};

const ENVIRONMENT = [
  ['NO_COLOR, FORCE_COLOR', 'colour never, or always, unless --color says otherwise'],
  ['GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE', 'as for git; also as hooks set them'],
  ['LC_ALL, LC_CTYPE, LANG', 'trees are drawn with ASCII where the locale is not UTF-8'],
] as const;

const FILES = [
  ['registry.yaml', 'the policy and the default model, at the top of the work tree'],
  ['.registryignore', 'what register leaves out, in the syntax of .gitignore'],
  ['refs/registry/*', 'entries, versions, stages and the log of every model'],
  ['$GIT_COMMON_DIR/registry/', 'the weights cache and folded states'],
] as const;

/** Returns the page in roff. `commands` are the visible ones, in the order of the list. It holds no date: same data, same bytes. */
export function manPage(commands: readonly Command[]): string {
  const groups = GROUPS.map((group) => [group, commands.filter((command) => command.group === group)] as const);
  return [
    `.TH GIT\\-REGISTRY 1 "" "git\\-registry ${escapeRoff(PROGRAM_VERSION)}" "Git Registry Manual"`,
    '.SH NAME',
    'git\\-registry \\- a model registry inside git',
    '.SH SYNOPSIS',
    '.nf',
    '\\fIgit registry\\fR COMMAND [OPTIONS] [ARGUMENTS]',
    '.fi',
    '.SH DESCRIPTION',
    escapeRoff(PROGRAM_SUMMARY),
    '.SH NAMING AN ENTRY',
    'A SPEC is read as the first of these that fits. It is split at its last @; without MODEL the default model is meant.',
    ...definitions(SPEC_FORMS),
    ...groups
      .filter(([, members]) => members.length > 0)
      .flatMap(([group, members]) => [section(`${group} commands`), ...members.flatMap(commandLines)]),
    '.SH OPTIONS OF EVERY COMMAND',
    ...optionLines(COMMON_OPTIONS),
    '.SH EXIT STATUS',
    ...definitions([['0', 'yes, or nothing to do'], ...exitStatuses()]),
    '.SH ENVIRONMENT',
    ...definitions(ENVIRONMENT),
    '.SH FILES',
    ...definitions(FILES),
    '.SH SEE ALSO',
    '.BR git (1),',
    '.BR gitnamespaces (7)',
    '',
  ].join('\n');
}

/** Only kinds that some fault has. */
function exitStatuses(): readonly (readonly [string, string])[] {
  const used = new Set<string>(Object.values(ERROR_CODES).map(([kind]) => kind));
  const kinds = (Object.keys(EXIT_CODES) as FaultKind[]).filter((kind) => used.has(kind));
  return kinds.map((kind) => [String(EXIT_CODES[kind]), KIND_MEANINGS[kind]]);
}

function commandLines(command: Command): readonly string[] {
  const operands = command.positionals.map((positional) => ` ${escapeRoff(positionalSynopsis(positional))}`).join('');
  const positionals = command.positionals.map(
    (positional) => [positionalPlaceholder(positional), positional.says] as const,
  );
  return [
    `.SS "git registry ${escapeRoff(command.name)} [OPTIONS]${operands.replaceAll('"', '\\(dq')}"`,
    `${escapeRoff(command.summary)}.`,
    ...(command.description ?? '')
      .split('\n\n')
      .filter((paragraph) => paragraph !== '')
      .flatMap((paragraph) => ['.PP', escapeRoff(paragraph)]),
    ...definitions(positionals),
    ...optionLines(ownOptions(command)),
    ...command.examples.flatMap(({ command: line, says }) => [
      '.PP',
      `${escapeRoff(capitalised(says))}:`,
      '.PP',
      '.RS',
      '.nf',
      escapeRoff(line),
      '.fi',
      '.RE',
    ]),
  ];
}

function optionLines(specs: OptionSpecs): readonly string[] {
  const shown = Object.entries(specs).filter(([, spec]) => spec.hidden === undefined);
  return definitions(
    shown.map(([name, spec]) => {
      const placeholder = placeholderOf(spec);
      const long = placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`;
      const byDefault = 'default' in spec && spec.default !== undefined ? ` (default ${spec.default})` : '';
      return [spec.alias === undefined ? long : `-${spec.alias}, ${long}`, `${spec.says}${byDefault}`] as const;
    }),
  );
}

function definitions(entries: readonly (readonly [string, string])[]): readonly string[] {
  return entries.flatMap(([term, says]) => ['.TP', `\\fB${escapeRoff(term)}\\fR`, `${escapeRoff(capitalised(says))}.`]);
}

function section(title: string): string {
  return `.SH "${escapeRoff(title.toUpperCase())}"`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A line that begins with a dot or a quote is a request, and a plain `-` is typeset as a hyphen that cannot be pasted. */
function escapeRoff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}
