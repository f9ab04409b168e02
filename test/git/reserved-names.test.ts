import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeModelName, isModelName } from '../../src/domain/model-name.ts';
import { isGitReserved } from '../../src/domain/reserved-name.ts';
import { temporaryRepository } from '../support/temporary-repository.ts';

const PIECES = [
  '.git',
  'git',
  'GIT',
  'modules',
  '~1',
  '~4',
  '~5',
  '~0',
  'gitmod',
  'gi7eba',
  'gi7eb~12',
  'gi7~1234',
  'g',
  '.',
  ' ',
  'x',
  '\u200c',
  '\u206f',
  '\ufeff',
  '\u206a',
  '\u2069',
  'ı',
  ':s',
];
const CERTAIN = [
  '.git',
  'git~1',
  'GIT~1 .',
  '.gitmodules',
  '.GitModules. ',
  'gitmod~1',
  'gitmod~5',
  'GI7EBA~9',
  'gi7eba~0',
  'gi7eb~10',
  'gi7eb~1',
  '~1000000',
  '.git:x',
  '.gitmodules:x',
  '.g\u200cit',
  '.gitm\ufeffodules',
  'git~2',
  '.gitx',
  'gıt~1',
  '.gıt',
];

test("names are reserved exactly when git's own checks for HFS+ and NTFS refuse them", () => {
  const repository = temporaryRepository();
  const blob = repository.git(['hash-object', '-w', '--stdin'], 'x');
  const protect = ['-c', 'core.protectHFS=true', '-c', 'core.protectNTFS=true'];
  // Git refuses `.git` for any file, and `.gitmodules` for symbolic links alone.
  const gitRefuses = (name: string): boolean => {
    const info = `120000,${blob},${name}`;
    return repository.tryGit([...protect, 'update-index', '--add', '--cacheinfo', info]).exitCode !== 0;
  };
  const generated = fc
    .sample(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 }), 150)
    .map((parts) => parts.join(''));
  const names = [...CERTAIN, ...generated].filter((name) => name !== '.' && name !== '..');
  expect(names.filter((name) => isGitReserved(name) !== gitRefuses(name))).toEqual([]);
});

test('git takes the ref of every model', () => {
  const repository = temporaryRepository();
  const parts = [
    '.',
    '-',
    '/',
    '%',
    '.lock',
    '..',
    'é',
    '😀',
    ' ',
    '@{',
    '@',
    '~',
    '^',
    ':',
    '?',
    '*',
    '[',
    '\\',
    'HEAD',
    'a',
  ];
  const generated = fc
    .sample(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 }), 150)
    .map((all) => all.join(''));
  const models = [...parts, ...generated].filter(isModelName);
  expect(models.length).toBeGreaterThan(50);
  const refused = models.filter(
    (model) => repository.tryGit(['check-ref-format', `refs/log/${encodeModelName(model)}`]).exitCode !== 0,
  );
  expect(refused).toEqual([]);
});
