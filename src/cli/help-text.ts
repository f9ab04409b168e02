/** The program's help: its commands by group, and where to learn more. */
import { type Command, GROUPS } from './command.ts';
import { COMMON_OPTIONS, placeholderOf, positionalSynopsis } from './common-options.ts';
import type { Style } from './render/style.ts';
import { padToWidth } from './render/width.ts';

/** What the program is, in one sentence. */
export const PROGRAM_SUMMARY = 'A model registry that needs no server: your git repository is the registry.';

const FIRST_STEPS = [
  ['git registry init', 'make this repository a registry'],
  ['git registry register model/ --bump minor', 'register a folder as the next version'],
  ['git registry promote my-model@latest --to production', 'put it into production'],
  ['git registry lineage my-model@production', 'walk back to the data that it was made of'],
] as const;

/** Returns what `git registry help` prints. `commands` are the visible ones, in the order of the list. */
export function programHelp(commands: readonly Command[], style: Style): readonly string[] {
  const width = Math.max(0, ...commands.map(({ name }) => name.length));
  const groups = GROUPS.map((group) => [group, commands.filter((command) => command.group === group)] as const);
  return [
    'usage: git registry COMMAND [OPTIONS] [ARGUMENTS]',
    '',
    PROGRAM_SUMMARY,
    ...groups
      .filter(([, members]) => members.length > 0)
      .flatMap(([group, members]) => [
        '',
        style.bold(group),
        ...members.map(({ name, summary }) => `  ${padToWidth(name, width)}  ${summary}`),
      ]),
    '',
    style.bold('Options of every command'),
    ...renderPairs(Object.entries(COMMON_OPTIONS).map(([name, spec]) => [optionSynopsis(name, spec), spec.says])),
    '',
    style.bold('First steps'),
    ...renderPairs(FIRST_STEPS),
    '',
    style.bold('Learn more'),
    ...renderPairs([
      ['git registry COMMAND --help', 'arguments, options and examples of a command'],
      ['git help registry', 'the manual page'],
    ]),
  ];
}

/** Returns what `git registry model --help` prints: the commands of two words that begin with `group`. */
export function groupHelp(group: string, commands: readonly Command[], style: Style): readonly string[] {
  const members = commands.filter(({ name }) => name.startsWith(`${group} `));
  const lines = members.map(
    (command) => [[command.name, ...command.positionals.map(positionalSynopsis)].join(' '), command.summary] as const,
  );
  return [
    `usage: git registry ${group} ${members.map(({ name }) => name.slice(group.length + 1)).join('|')} [OPTIONS] [ARGUMENTS]`,
    '',
    style.bold('Commands'),
    ...renderPairs(lines),
  ];
}

function optionSynopsis(name: string, spec: (typeof COMMON_OPTIONS)[keyof typeof COMMON_OPTIONS]): string {
  const long = [`--${name}`, placeholderOf(spec)].filter((part) => part !== undefined).join(' ');
  return 'alias' in spec ? `-${spec.alias}, ${long}` : `    ${long}`;
}

function renderPairs(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${padToWidth(left, width)}  ${right}`);
}
