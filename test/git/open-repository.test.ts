import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { askGitForRepository } from '../../src/git/asked-repository.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { repositoryRunner } from '../../src/git/repository.ts';
import { gitEnvironment } from '../support/git-env.ts';
import {
  looseCommit,
  type TemporaryRepository,
  temporaryFolder,
  temporaryRepository,
} from '../support/temporary-repository.ts';

/** Makes a layout and returns the folder to start in. */
type Layout = (repository: TemporaryRepository) => string;

const below = (repository: TemporaryRepository, ...parts: readonly string[]): string => {
  const folder = join(repository.folder, ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
};

function commitOnMain(repository: TemporaryRepository): void {
  repository.git(['update-ref', 'refs/heads/main', looseCommit(repository, 'main')]);
}

/** Layouts in which no process is needed. */
const PLAIN: Readonly<Record<string, Layout>> = {
  'the top of a work tree': ({ folder }) => folder,
  'a folder deep below': (repository) => below(repository, 'a', 'b', 'c'),
  'a symbolic link to a folder': (repository) => {
    const link = join(repository.folder, '..', 'link');
    symlinkSync(below(repository, 'a'), link);
    return link;
  },
  'a linked work tree': (repository) => {
    commitOnMain(repository);
    const linked = join(repository.folder, '..', 'linked');
    repository.git(['worktree', 'add', '--quiet', '--detach', linked]);
    return linked;
  },
  'a separate git folder': (repository) => {
    repository.git(['init', '--quiet', `--separate-git-dir=${join(repository.folder, '..', 'elsewhere')}`]);
    return repository.folder;
  },
  'a detached HEAD': (repository) => {
    writeFileSync(join(repository.gitDir, 'HEAD'), `${looseCommit(repository, 'detached')}\n`);
    return repository.folder;
  },
  'a configuration with comments, quotes and subsections': (repository) => {
    const text =
      '\n# comment\n; comment\n[branch "odd ] \\"name"] ; comment\n\tmerge = "quoted # value"\n\trebase\n[Core]\n\tBare = false\n';
    writeFileSync(join(repository.gitDir, 'config'), text, { flag: 'a' });
    return repository.folder;
  },
  'a repository that promises objects and has precious ones': (repository) => {
    for (const line of [
      'core.repositoryFormatVersion=1',
      'extensions.partialClone=origin',
      'extensions.preciousObjects=true',
    ]) {
      repository.git(['config', ...line.split('=')]);
    }
    return repository.folder;
  },
};

/** Layouts of which git is asked. */
const ASKED: Readonly<Record<string, Layout>> = {
  'the git folder': ({ gitDir }) => gitDir,
  'a folder in the git folder': ({ gitDir }) => join(gitDir, 'objects'),
  'an included configuration': (repository) => {
    repository.git(['config', 'include.path', 'more']);
    return repository.folder;
  },
  'another work tree': (repository) => {
    const tree = join(repository.folder, '..', 'tree');
    mkdirSync(tree);
    repository.git(['config', 'core.worktree', tree]);
    return repository.folder;
  },
  'configuration of its own for each work tree': (repository) => {
    repository.git(['config', 'core.repositoryFormatVersion', '1']);
    repository.git(['config', 'extensions.worktreeConfig', 'true']);
    return repository.folder;
  },
  'a continued line': (repository) => {
    writeFileSync(join(repository.gitDir, 'config'), '[core]\n\tbare = \\\nfalse\n', { flag: 'a' });
    return repository.folder;
  },
  'a submodule': (repository) => {
    const source = temporaryRepository({
      objectFormat: repository.git(['rev-parse', '--show-object-format']) as 'sha1' | 'sha256',
    });
    commitOnMain(source);
    repository.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', source.folder, 'sub']);
    return join(repository.folder, 'sub');
  },
};

/** An environment in which git cannot be found. */
const withoutGit = ({ environment }: TemporaryRepository): Record<string, string> => ({
  ...environment,
  PATH: temporaryFolder(),
});

/** Puts a shell script in the place of git. */
function withFakeGit({ environment }: TemporaryRepository, script: string): Record<string, string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'git'), 0o755);
  return { ...environment, PATH: `${folder}${delimiter}${environment['PATH']}` };
}

describe.each(['sha1', 'sha256'] as const)('openRepository in a %s repository', (objectFormat) => {
  test.each(Object.entries(PLAIN))('finds %s without a process, as git finds it', async (_name, layout) => {
    const repository = temporaryRepository({ objectFormat });
    const folder = layout(repository);
    const found = await openRepository(folder, withoutGit(repository));
    expect(found).toEqual(await askGitForRepository(folder, repository.environment));
    expect(found.objectFormat).toBe(objectFormat);
  });

  test.each(Object.entries(ASKED))('leaves %s to git', async (_name, layout) => {
    const repository = temporaryRepository({ objectFormat });
    const folder = layout(repository);
    await expect(openRepository(folder, withoutGit(repository))).rejects.toMatchObject({ code: 'git-missing' });
    const found = await openRepository(folder, repository.environment);
    expect(found).toEqual(await askGitForRepository(folder, repository.environment));
  });

  test('finds a bare repository, from its top and from below', async () => {
    const repository = temporaryRepository({ objectFormat, bare: true });
    const expected = {
      gitDir: repository.folder,
      commonDir: repository.folder,
      workTree: undefined,
      isBare: true,
      objectFormat,
    };
    expect(await openRepository(repository.folder, repository.environment)).toMatchObject(expected);
    expect(await openRepository(join(repository.folder, 'objects'), repository.environment)).toMatchObject(expected);
  });
});

describe('openRepository', () => {
  test('tells the common folder of a linked work tree from its own', async () => {
    const repository = temporaryRepository();
    const linked = PLAIN['a linked work tree']?.(repository) ?? '';
    expect(await openRepository(linked, repository.environment)).toMatchObject({
      gitDir: join(repository.gitDir, 'worktrees', 'linked'),
      commonDir: repository.gitDir,
      objectDir: join(repository.gitDir, 'objects'),
      workTree: linked,
    });
  });

  test('tells a shallow clone', async () => {
    const repository = temporaryRepository();
    const parent = looseCommit(repository, 'parent');
    repository.git(['update-ref', 'refs/heads/main', looseCommit(repository, 'child', [parent])]);
    const clone = join(repository.folder, '..', 'clone');
    repository.git(['clone', '--quiet', '--depth=1', `file://${repository.folder}`, clone]);
    expect((await openRepository(clone, repository.environment)).shallow).toBe(true);
    expect((await openRepository(repository.folder, repository.environment)).shallow).toBe(false);
  });

  test('takes what hooks say: GIT_DIR, relative or not, and an object folder of its own', async () => {
    const repository = temporaryRepository();
    const elsewhere = below(repository, 'sub');
    for (const gitDir of ['../.git', repository.gitDir]) {
      const environment = { ...repository.environment, GIT_DIR: gitDir };
      expect(await openRepository(elsewhere, environment)).toMatchObject({
        gitDir: repository.gitDir,
        workTree: elsewhere,
      });
    }
    const environment = { ...repository.environment, GIT_DIR: repository.gitDir, GIT_OBJECT_DIRECTORY: elsewhere };
    expect((await openRepository(repository.folder, environment)).objectDir).toBe(elsewhere);
  });

  test('commands run where GIT_DIR was relative see the same repository', async () => {
    const repository = temporaryRepository();
    commitOnMain(repository);
    const environment = { ...repository.environment, GIT_DIR: '../.git', GIT_WORK_TREE: '..' };
    const opened = await openRepository(below(repository, 'sub'), environment);
    const git = repositoryRunner(opened, environment);
    expect((await git.read(['rev-parse', 'main'])).toString().trim()).toBe(repository.git(['rev-parse', 'main']));
    expect((await git.read(['rev-parse', '--show-toplevel'])).toString().trim()).toBe(repository.folder);
  });

  test('heeds the ceiling that the user sets', async () => {
    const repository = temporaryRepository();
    const environment = { ...repository.environment, GIT_CEILING_DIRECTORIES: repository.folder };
    await expect(openRepository(below(repository, 'sub'), environment)).rejects.toMatchObject({
      code: 'no-repository',
    });
  });

  test('outside of a repository there is none, and a hint', async () => {
    const folder = temporaryFolder();
    const environment = { ...gitEnvironment(folder), GIT_CEILING_DIRECTORIES: join(folder, '..') };
    await expect(openRepository(folder, environment)).rejects.toMatchObject({
      code: 'no-repository',
      hint: 'git init',
    });
    await expect(openRepository(join(folder, 'absent'), environment)).rejects.toMatchObject({ code: 'io' });
  });

  test.each([
    ['a version from the future', 'core.repositoryFormatVersion', '99'],
    ['an extension that no git knows', 'extensions.fromTheFuture', 'yes'],
    ['an extension that version 0 has not', 'extensions.objectFormat', 'sha256'],
  ])("a repository of %s is refused in git's words", async (_what, key, value) => {
    const repository = temporaryRepository();
    if (key.startsWith('extensions.from')) repository.git(['config', 'core.repositoryFormatVersion', '1']);
    repository.git(['config', key, value]);
    const failure = openRepository(repository.folder, repository.environment);
    await expect(failure).rejects.toMatchObject({ code: 'git-failed', data: { command: 'rev-parse', exitCode: 128 } });
  });

  test('a damaged repository is not guessed at', async () => {
    const repository = temporaryRepository();
    renameSync(join(repository.gitDir, 'HEAD'), join(repository.gitDir, 'TAIL'));
    const environment = { ...repository.environment, GIT_CEILING_DIRECTORIES: join(repository.folder, '..') };
    await expect(openRepository(repository.folder, environment)).rejects.toMatchObject({ code: 'no-repository' });
  });

  test('git decides whether a repository of somebody else is safe, and its advice is the hint', async () => {
    const repository = temporaryRepository();
    const environment = {
      ...withFakeGit(repository, `GIT_TEST_ASSUME_DIFFERENT_OWNER=1 PATH="\${PATH#*:}" exec git "$@"`),
      // Makes git be asked where this test cannot change the owner.
      GIT_CEILING_DIRECTORIES: '/',
    };
    const failure = openRepository(repository.folder, environment);
    await expect(failure).rejects.toMatchObject({
      code: 'permission',
      hint: `git config --global --add safe.directory ${repository.folder}`,
    });
  });

  test('a repository that belongs to another user is left to git', async () => {
    const repository = temporaryRepository();
    vi.spyOn(process, 'geteuid').mockReturnValue(4711);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    await expect(openRepository(repository.folder, withoutGit(repository))).rejects.toMatchObject({
      code: 'git-missing',
    });
  });

  test('git that is missing, or too old, is named as such', async () => {
    const repository = temporaryRepository({ bare: true });
    await expect(openRepository(repository.folder, withoutGit(repository))).rejects.toMatchObject({
      code: 'git-missing',
    });
    // What git 2.30 does with an option of `rev-parse` that it does not know.
    const old = withFakeGit(
      repository,
      'if [ "$7" = version ]; then echo "git version 2.30.2"; else echo "--path-format=absolute"; fi',
    );
    await expect(openRepository(repository.folder, old)).rejects.toMatchObject({
      code: 'git-too-old',
      data: { version: 'git version 2.30.2' },
    });
  });
});
