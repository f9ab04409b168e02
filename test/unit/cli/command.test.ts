import { expect, expectTypeOf, test } from 'vitest';
import { defineCommand, loadVisible, type Pair } from '../../../src/cli/command.ts';
import { answering, listOf } from './fake-program.ts';

test("a command's arguments have the types that its data give", async () => {
  const command = defineCommand({
    name: 'typed',
    group: 'Look',
    summary: 'Show the types',
    positionals: [
      { name: 'spec', required: true, says: 'a word' },
      { name: 'shell', choices: ['bash', 'zsh'], says: 'a choice' },
      { name: 'paths', variadic: true, says: 'words' },
    ],
    options: {
      'dry-run': { kind: 'boolean', says: 'a boolean' },
      as: { kind: 'string', placeholder: 'V', says: 'a text' },
      reason: { kind: 'string', placeholder: 'V', required: true, says: 'a text that is there' },
      depth: { kind: 'number', placeholder: 'N', says: 'a number' },
      limit: { kind: 'number', placeholder: 'N', default: 20, says: 'a number that is there' },
      bump: { kind: 'choice', choices: ['major', 'minor'], says: 'a choice' },
      format: { kind: 'choice', choices: ['tree', 'dot'], default: 'tree', says: 'a choice that is there' },
      exclude: { kind: 'list', placeholder: 'GLOB', says: 'texts' },
      metric: { kind: 'pairs', placeholder: 'KEY=VALUE', says: 'pairs' },
    },
    examples: [],
    output: 'typed',
    async run(_context, args) {
      expectTypeOf(args).toEqualTypeOf<
        {
          readonly dryRun: boolean;
          readonly as: string | undefined;
          readonly reason: string;
          readonly depth: number | undefined;
          readonly limit: number;
          readonly bump: 'major' | 'minor' | undefined;
          readonly format: 'tree' | 'dot';
          readonly exclude: readonly string[];
          readonly metric: readonly Pair[];
        } & { readonly spec: string; readonly shell: 'bash' | 'zsh' | undefined; readonly paths: readonly string[] }
      >();
      return { json: args, text: () => '' };
    },
  });
  expect(command.name).toBe('typed');
});

test('hidden commands are not among those that people see', async () => {
  const shown = answering('shown', () => ({ json: null, text: () => '' }));
  const visible = await loadVisible(listOf(shown, { ...shown, name: '__hidden', hidden: true }));
  expect(visible.map(({ name }) => name)).toEqual(['shown']);
});
