/** The completion scripts in the shells that they are for, over a registry that has models. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LAUNCHER, runCli } from '../support/cli.ts';
import { temporaryRepository } from '../support/temporary-repository.ts';
import { lacks } from '../support/tools.ts';

/** How to ask a shell for the completions of a line: a program for `SHELL -c`, which finds the script in $SCRIPT. */
type Ask = (line: string) => { readonly args: readonly string[]; readonly env?: Readonly<Record<string, string>> };

const SHELLS: Readonly<Record<string, Ask>> = {
  // Outside readline there is no completion whose options compopt could set.
  bash: (line) => ({
    args: [
      '--norc',
      '-c',
      'compopt() { :; }; source "$SCRIPT"; COMP_POINT=${#COMP_LINE}; __git_registry; printf "%s\\n" "${COMPREPLY[@]}"',
    ],
    env: { COMP_LINE: line },
  }),
  // What the completion system gives a function, and what the function hands back to it.
  zsh: (line) => ({
    args: [
      '-f',
      '-c',
      [
        'compdef() { :; }',
        'compset() { :; }',
        '_files() { print :paths; }',
        // Array names among its arguments; like the real one it leaves out what does not begin as typed.
        '_describe() { local name; for name in "$@"; do [[ ${(tP)name} == array* ]] && print -rl -- ${(M)${(@P)name}:#$PREFIX*}; done; }',
        'source "$SCRIPT"',
        'words=("${(@s: :)LINE}") CURRENT=${#words} PREFIX=${words[-1]}',
        'while [[ ${words[1]} != (git-registry|registry) ]]; do shift words; CURRENT=$((CURRENT - 1)); done',
        '_git-registry',
      ].join('\n'),
    ],
    env: { LINE: line },
  }),
  fish: (line) => ({ args: ['--no-config', '-c', 'source "$SCRIPT"; complete -C "$LINE"'], env: { LINE: line } }),
};

/** Returns what the shell offers for each line, values only. */
function complete(shell: string, lines: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const { folder, environment } = temporaryRepository();
  const bin = join(folder, '../bin');
  mkdirSync(bin);
  symlinkSync(LAUNCHER, join(bin, 'git-registry'));
  const env = {
    ...environment,
    LC_ALL: 'C.UTF-8',
    PATH: `${bin}${delimiter}${environment['PATH']}`,
    SCRIPT: join(bin, `completion.${shell}`),
  };
  writeFileSync(env.SCRIPT, runCli(['completion', shell], { cwd: folder, env }).stdout);
  for (const model of ['alpha', 'team/beta'])
    expect(runCli(['model', 'create', model], { cwd: folder, env })).toMatchObject({ exitCode: 0 });
  return Object.fromEntries(
    lines.map((line) => {
      const ask = SHELLS[shell]?.(line);
      const { stdout, stderr, error } = spawnSync(shell, ask?.args ?? [], {
        cwd: folder,
        env: { ...env, ...ask?.env },
        encoding: 'utf8',
      });
      expect({ error, stderr }).toEqual({ error: undefined, stderr: '' });
      const offered = stdout.split('\n').filter((offer) => offer !== '');
      // fish and zsh say what an offer is: after a tab, or after a colon that is not quoted.
      const values = offered.map((offer) => offer.replace(/\t.*|(?<=.)(?<!\\):.*/, ''));
      return [line, [...new Set(values)].sort()];
    }),
  );
}

describe.each(Object.keys(SHELLS))('completion in %s', (shell) => {
  test.skipIf(lacks(shell))('offers verbs, options, choices and the models of the registry', () => {
    expect(
      complete(shell, [
        'git-registry comp',
        'git registry comp',
        'git -C /tmp registry model cr',
        'git-registry help --col',
        'git-registry help --color ',
        'git registry completion z',
        'git registry register x --model a',
        'git registry archive te',
        'git registry nonsense ',
      ]),
    ).toEqual({
      'git-registry comp': ['compare', 'completion'],
      'git registry comp': ['compare', 'completion'],
      'git -C /tmp registry model cr': ['create'],
      'git-registry help --col': ['--color'],
      'git-registry help --color ': ['always', 'auto', 'never'],
      'git registry completion z': ['zsh'],
      'git registry register x --model a': ['alpha'],
      'git registry archive te': ['team/beta@'],
      'git registry nonsense ': [],
    });
  });
});

describe('completion of paths', () => {
  test.skipIf(lacks('bash'))('is left to bash', () => {
    expect(complete('bash', ['git registry -C .gi'])).toEqual({ 'git registry -C .gi': ['.git'] });
  });

  test.skipIf(lacks('zsh'))('is left to zsh', () => {
    expect(complete('zsh', ['git registry -C .gi'])).toEqual({ 'git registry -C .gi': [':paths'] });
  });

  test.skipIf(lacks('fish'))('is left to fish', () => {
    expect(complete('fish', ['git registry -C .gi'])).toEqual({ 'git registry -C .gi': ['.git/'] });
  });
});
