import { describe, expect, test } from 'vitest';
import { checkBundlePaths, explainBundlePath, explainStoredPath, MAX_FILES } from '../../../src/domain/bundle-path.ts';
import { faultOf } from '../../support/fault-of.ts';

describe('legal paths', () => {
  test.each([
    'model.safetensors',
    'a/b/c.json',
    '-rf',
    '--exec=x',
    '.hidden',
    '..x',
    'a b',
    'modèle-😀.gguf',
    'git',
    '.gi',
    '.gitx',
    'git~2',
    'gitmod~5',
    'gi7eba~0',
    'gitmodules',
    'dvc',
    'x.dvcs',
    'con1',
    'com10',
    'COM',
    'a\u200cb',
    '#hash%',
    `${'x'.repeat(250)}`,
    `${'é'.repeat(125)}`,
    `${'x/'.repeat(511)}xy`,
  ])('%s', (path) => {
    expect(explainBundlePath(path)).toBeUndefined();
  });
});

describe('the bad-input catalogue', () => {
  test.each([
    ['B27', '../x', 'dot-component'],
    ['B27', 'a/../../x', 'dot-component'],
    ['B27', './x', 'dot-component'],
    ['B28', '/etc/passwd', 'not-relative'],
    ['B28', 'a//b', 'not-relative'],
    ['B28', 'a/', 'not-relative'],
    ['B28', '', 'not-relative'],
    ['B28', 'C:/x', 'illegal-character'],
    ['B28', '\\\\server\\share', 'illegal-character'],
    ['B28', '\\\\?\\C:\\x', 'illegal-character'],
    ['B29', 'a\\b', 'illegal-character'],
    ['B30', '.git/config', 'git-reserved'],
    ['B30', 'a/.GIT', 'git-reserved'],
    ['B30', 'git~1', 'git-reserved'],
    ['B30', 'GIT~1', 'git-reserved'],
    ['B30', '.git. .', 'git-reserved'],
    ['B30', '.g\u200cit', 'git-reserved'],
    ['B30', '\ufeff.git', 'git-reserved'],
    ['B30', '.gi\u206ft', 'git-reserved'],
    ['B30', '.gitmodules', 'git-reserved'],
    ['B30', '.gitmodules...', 'git-reserved'],
    ['B30', '.Git\u200dModules', 'git-reserved'],
    ['B30', 'GITMOD~1', 'git-reserved'],
    ['B30', 'gitmod~4', 'git-reserved'],
    ['B30', 'GI7EBA~1', 'git-reserved'],
    ['B30', 'gi7eb~12', 'git-reserved'],
    ['B30', 'g~123456', 'git-reserved'],
    ['B30', '~1000000', 'git-reserved'],
    ['B30', '.gitattributes', 'control-file'],
    ['B30', 'a/.GitIgnore', 'control-file'],
    ['B30', '.mailmap', 'control-file'],
    ['B30', 'dvc.yaml', 'control-file'],
    ['B30', 'DVC.lock', 'control-file'],
    ['B30', '.dvcignore', 'control-file'],
    ['B30', '.dvc', 'control-file'],
    ['B30', 'model.bin.DVC', 'control-file'],
    ['B30', 'data.dvc/x', 'control-file'],
    ['B31', 'a\0b', 'illegal-character'],
    ['B31', 'a\rb', 'illegal-character'],
    ['B31', 'a\nb', 'illegal-character'],
    ['B31', 'a\u001bb', 'illegal-character'],
    ['B31', 'a\u007fb', 'illegal-character'],
    ['B31', 'a\u0085b', 'illegal-character'],
    ['B31', 'a\u202eb', 'illegal-character'],
    ['B31', 'a\u2066b', 'illegal-character'],
    ['B31', 'a\u061cb', 'illegal-character'],
    ['B31', 'a\u200eb', 'illegal-character'],
    ['B31', 'a\u2028b', 'illegal-character'],
    ['B32', 'con', 'windows-reserved'],
    ['B32', 'a/aux.txt', 'windows-reserved'],
    ['B32', 'NUL.tar.gz', 'windows-reserved'],
    ['B32', 'com0', 'windows-reserved'],
    ['B32', 'Lpt9.x', 'windows-reserved'],
    ['B32', 'conin$', 'windows-reserved'],
    ['B32', 'CONOUT$.x', 'windows-reserved'],
    ['B32', 'x.', 'trailing-dot'],
    ['B32', 'a./b', 'trailing-dot'],
    ['B32', 'x ', 'outer-space'],
    ['B32', ' x', 'outer-space'],
    ['B32', 'a/\u3000b', 'outer-space'],
    ['B32', 'x:stream', 'illegal-character'],
    ['B33', 'e\u0301', 'not-nfc'],
    ['B36', 'x'.repeat(251), 'long-component'],
    ['B36', 'é'.repeat(126), 'long-component'],
    ['B36', `${'x/'.repeat(512)}x`, 'too-long'],
    ['B4', 'a\ud800', 'not-utf-8'],
  ])('%s %j is refused: %s', (_, path, reason) => {
    expect(explainBundlePath(path)).toBe(reason);
    expect(faultOf(() => checkBundlePaths(['ok', path]))).toEqual({ code: 'bad-path', data: { path, reason } });
  });

  test.each([
    ['B33', ['A.bin', 'b', 'a.bin'], { path: 'a.bin', reason: 'collides', with: 'A.bin' }],
    ['B33', ['straße', 'STRASSE'], { path: 'STRASSE', reason: 'collides', with: 'straße' }],
    ['B33', ['ǰ', 'J\u030c'], { path: 'J\u030c', reason: 'collides', with: 'ǰ' }],
    ['B33', ['d/x', 'D/X'], { path: 'D/X', reason: 'collides', with: 'd/x' }],
    ['B34', ['a/b', 'a'], { path: 'a', reason: 'is-a-folder', with: 'a/b' }],
    ['B34', ['A/b/c', 'a-', 'a/B'], { path: 'a/B', reason: 'is-a-folder', with: 'A/b/c' }],
    ['B35', ['a', 'a'], { path: 'a', reason: 'collides', with: 'a' }],
  ])('%s %j collide', (_, paths, data) => {
    expect(faultOf(() => checkBundlePaths(paths))).toEqual({ code: 'bad-path', data });
  });
});

test('folders may differ in case, and names may begin alike', () => {
  expect(() => checkBundlePaths(['d/x', 'D/y', 'a', 'a-b', 'a.b', 'ab/c'])).not.toThrow();
});

test('B13 more than 10,000 files are too many', () => {
  const paths = Array.from({ length: MAX_FILES + 1 }, (_, at) => `f${at}`);
  expect(() => checkBundlePaths(paths.slice(1))).not.toThrow();
  expect(faultOf(() => checkBundlePaths(paths)).code).toBe('too-big');
});

test('a reader does not refuse a path for its normal form', () => {
  expect(explainStoredPath('e\u0301')).toBeUndefined();
  expect(explainStoredPath('../x')).toBe('dot-component');
});
