/** The configuration of a temporary folder says what git says in the repository around it. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GitConfig } from '../../src/git/git-config.ts';
import { writeFolderConfig } from '../../src/git/git-remote/folder-config.ts';
import { GitRunner } from '../../src/git/git-runner.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { repositoryRunner } from '../../src/git/repository.ts';
import { temporaryFolder, temporaryRepository } from '../support/temporary-repository.ts';

const WHEN = '[includeIf "gitdir:{gitdir}"]\n\tpath = {beside}/work\n';

/** `USER` is the user's file, `LOCAL` goes to the end of the repository's, others lie beside. */
type Files = Readonly<Record<string, string>>;

/** Returns the values of a variable in the repository, and in a folder made for it. */
async function readBoth(files: Files, key: string) {
  const { folder, gitDir, environment, git } = temporaryRepository();
  const beside = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    const told = text.replaceAll('{gitdir}', gitDir).replaceAll('{beside}', beside);
    if (name === 'LOCAL') appendFileSync(join(gitDir, 'config'), told);
    else writeFileSync(join(beside, name), told);
  }
  if (files['USER'] !== undefined) environment['GIT_CONFIG_GLOBAL'] = join(beside, 'USER');
  const repository = await openRepository(folder, environment);
  const around = repositoryRunner(repository, environment);
  const path = join(gitDir, 'made');
  for (const made of ['', 'refs', 'objects']) mkdirSync(join(path, made));
  writeFileSync(join(path, 'HEAD'), 'ref: refs/heads/none\n');
  const runner = new GitRunner(folder, environment, { GIT_DIR: path });
  const configured = { repository, git: around, config: new GitConfig(around) };
  await writeFolderConfig(configured, { path, git: runner, objectFormat: 'sha1' });
  const { exitCode, stdout, stderr } = await runner.run(['config', '--get-all', key]);
  return {
    there: git(['config', '--get-all', key]).split('\n'),
    here: stdout
      .toString()
      .split('\n')
      .slice(0, exitCode === 0 ? -1 : 0),
    stderr,
  };
}

test.each<[string, Files, readonly string[]]>([
  ['the user, at the end', { USER: `[http]\n\tproxy = a\n${WHEN}`, work: '[http]\n\tproxy = b\n' }, ['a', 'b']],
  [
    'the user, who says another thing later',
    { USER: `${WHEN}[http]\n\tproxy = z\n`, work: '[http]\n\tproxy = b\n' },
    ['b', 'z'],
  ],
  [
    'the user, and the repository overrides it',
    { USER: WHEN, work: '[http]\n\tproxy = b\n', LOCAL: '[http]\n\tproxy = l\n' },
    ['b', 'l'],
  ],
  ['the repository', { LOCAL: `[http]\n\tproxy = base\n${WHEN}`, work: '[http]\n\tproxy = real\n' }, ['base', 'real']],
  [
    'a file that includes another',
    { USER: WHEN, work: '[include]\n\tpath = deeper\n', deeper: '[http]\n\tproxy = d\n' },
    ['d'],
  ],
  [
    'nobody, for another folder',
    {
      USER: '[http]\n\tproxy = a\n[includeIf "gitdir:/elsewhere/"]\n\tpath = {beside}/work\n',
      work: '[http]\n\tproxy = b\n',
    },
    ['a'],
  ],
])('what is included on a condition by %s counts as it does there', async (_, files, values) => {
  const { there, here } = await readBoth(files, 'http.proxy');
  expect(there).toEqual(values);
  expect(here.at(-1)).toBe(there.at(-1));
  expect(new Set(here)).toEqual(new Set(there));
});

test('every value arrives as it is: quotes, blanks, line feeds, none', async () => {
  const work = '[odd "Sub.Section \\"q\\""]\n\tvalue = " a \\"b\\" \\\\ # ; \\t\\n end "\n\tvalue\n\tvalue = Größe\n';
  const { there, here } = await readBoth({ USER: WHEN, work }, 'odd.Sub.Section "q".value');
  expect(there).toHaveLength(4);
  expect(here).toEqual(there);
});

test('what git heeds in no included file is not carried over', async () => {
  const work = '[core]\n\tworktree = /nowhere\n[extensions]\n\todd = true\n[http]\n\tproxy = b\n';
  const { here, stderr } = await readBoth({ USER: WHEN, work }, 'http.proxy');
  expect(here).toEqual(['b']);
  expect(stderr).toBe('');
});
