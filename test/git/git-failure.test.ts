import { describe, expect, test } from 'vitest';
import { cleanText, gitFault } from '../../src/git/git-failure.ts';
import { assertGitVersion } from '../../src/git/git-version.ts';

const OWNER = `fatal: detected dubious ownership in repository at '/srv/x'
To add an exception for this directory, call:

	git config --global --add safe.directory /srv/x
`;

describe('a failure of git', () => {
  test.each([
    ['fatal: not a git repository (or any of the parent directories): .git\n', 'no-repository'],
    [OWNER, 'permission'],
    ["fatal: cannot use bare repository '/x' (safe.bareRepository is 'explicit')\n", 'permission'],
    ["fatal: Unable to create '/x/refs/y.lock': Permission denied\n", 'permission'],
    ['error: insufficient permission for adding an object to repository database .git/objects\n', 'permission'],
    ['fatal: write error: No space left on device\n', 'no-space'],
    ['error: unable to write file x: Disk quota exceeded\nfatal: permission denied\n', 'no-space'],
    [`fatal: loose object ${'a'.repeat(40)} (stored in x) is corrupt\n`, 'corrupt-object'],
    [`fatal: bad object ${'a'.repeat(40)}\n`, 'corrupt-object'],
    ['fatal: something else\n', 'git-failed'],
    ['', 'git-failed'],
  ])('that says %j has the code %s', (stderr, code) => {
    const fault = gitFault({ command: 'x', exitCode: 128, stderr });
    expect(fault).toMatchObject({
      code,
      data: { command: 'x', exitCode: 128, stderr: stderr.trim().replace(/\t/g, ' ') },
    });
  });

  test('of no known meaning has the code that its caller gives it', () => {
    expect(gitFault({ command: 'x', exitCode: 1, stderr: 'fatal: y' }, 'signing-failed').code).toBe('signing-failed');
    expect(gitFault({ command: 'x', exitCode: 1, stderr: 'No space left on device' }, 'signing-failed').code).toBe(
      'no-space',
    );
  });

  test('passes on the command that git advises', () => {
    expect(gitFault({ command: 'x', exitCode: 128, stderr: OWNER }).hint).toBe(
      'git config --global --add safe.directory /srv/x',
    );
  });

  test('is shown without the control characters that a remote may have put into it', () => {
    expect(cleanText('remote: \u001b[2Jgone\r\u0000\u009b\u2028\nnext')).toBe(
      'remote: \uFFFD[2Jgone\uFFFD\uFFFD\uFFFD\uFFFD\nnext',
    );
    expect(cleanText('x'.repeat(10_000)).length).toBe(4000);
  });
});

test.each([
  'git version 2.36.0',
  'git version 2.39.5 (Apple Git-154)',
  'git version 2.100.0.windows.1',
  'git version 3.0.0-rc0',
])('%s is new enough', (text) => {
  expect(() => assertGitVersion(text)).not.toThrow();
});

test.each(['git version 2.35.9', 'git version 1.99.0', 'no git at all', ''])('%j is too old', (text) => {
  expect(() => assertGitVersion(text)).toThrow(expect.objectContaining({ code: 'git-too-old' }));
});
