import { describe, expect, test } from 'vitest';
import { asksForJson, findInvocation } from '../../../src/cli/invocation.ts';

const NAMES = new Set(['show', 'register', 'model create', 'model list']);

describe('the verb', () => {
  test.each([
    [['show', 'm@v1'], { kind: 'command', name: 'show', words: ['m@v1'], help: false }],
    [['-C', 'dir', 'show', 's'], { kind: 'command', name: 'show', words: ['-C', 'dir', 's'], help: false }],
    [
      ['-Cdir', '-q', '--json', 'show'],
      { kind: 'command', name: 'show', words: ['-Cdir', '-q', '--json'], help: false },
    ],
    [['-qC', 'show', 'show'], { kind: 'command', name: 'show', words: ['-qC', 'show'], help: false }],
    [['--color=never', 'show'], { kind: 'command', name: 'show', words: ['--color=never'], help: false }],
    [['--directory', 'show', 'show'], { kind: 'command', name: 'show', words: ['--directory', 'show'], help: false }],
    [['model', 'create', 'x'], { kind: 'command', name: 'model create', words: ['x'], help: false }],
    [['--json', 'model', 'list'], { kind: 'command', name: 'model list', words: ['--json'], help: false }],
    [['show', '--version', 'v1'], { kind: 'command', name: 'show', words: ['--version', 'v1'], help: false }],
    [['show', '--help'], { kind: 'command', name: 'show', words: ['--help'], help: true }],
    [['-h', 'show'], { kind: 'command', name: 'show', words: ['-h'], help: true }],
    [['show', '--', '--help'], { kind: 'command', name: 'show', words: ['--', '--help'], help: false }],
    [['--version'], { kind: 'version' }],
    [['--version', 'show'], { kind: 'version' }],
    [['-C', 'dir', '--version'], { kind: 'version' }],
    [['--help'], { kind: 'program-help' }],
    [['-h'], { kind: 'program-help' }],
    [['model', '--help'], { kind: 'group-help', group: 'model' }],
    [[], { kind: 'no-command', group: undefined }],
    [['--json'], { kind: 'no-command', group: undefined }],
    [['-C'], { kind: 'no-command', group: undefined }],
    [['model'], { kind: 'no-command', group: 'model' }],
    [['model', '--json'], { kind: 'no-command', group: 'model' }],
    [['shwo'], { kind: 'unknown-command', name: 'shwo' }],
    [['constructor'], { kind: 'unknown-command', name: 'constructor' }],
    [['model', 'crate'], { kind: 'unknown-command', name: 'model crate' }],
    [['-'], { kind: 'unknown-command', name: '-' }],
    [['--jsno', 'show'], { kind: 'unknown-option', word: '--jsno' }],
    [['-x', 'show'], { kind: 'unknown-option', word: '-x' }],
    [['--', 'show'], { kind: 'unknown-option', word: '--' }],
  ])('of %j', (argv, expected) => {
    expect(findInvocation(argv, NAMES)).toEqual(expected);
  });
});

test('--json counts before two dashes only', () => {
  expect(asksForJson(['show', '--jsno', '--json'])).toBe(true);
  expect(asksForJson(['show', '--', '--json'])).toBe(false);
  expect(asksForJson(['show'])).toBe(false);
});
