/** The repository as `git rev-parse` finds it: for every case that is not plain. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './git-environment.ts';
import { gitFault } from './git-failure.ts';
import { GitRunner } from './git-runner.ts';
import { namesRefStorage } from './plain-config.ts';
import type { Repository } from './repository.ts';

const QUESTIONS = [
  '--absolute-git-dir',
  '--git-common-dir',
  ...['--git-path', 'objects'],
  '--show-object-format',
  '--is-bare-repository',
  '--is-shallow-repository',
  '--is-inside-work-tree',
  // Last, because it fails where there is no work tree, after the others have been answered.
  '--show-toplevel',
];

/** Asks git in `folder`. Throws `no-repository`, `permission`, `git-missing`, `git-too-old`, `git-failed`. */
export async function askGitForRepository(folder: string, environment: Environment): Promise<Repository> {
  const git = new GitRunner(folder, environment);
  const answer = await git.run(['rev-parse', '--path-format=absolute', ...QUESTIONS]);
  const lines = answer.stdout.toString().split('\n').slice(0, -1);
  // `rev-parse` echoes an option that it does not know: an old git shows here, with any exit code.
  if (lines.some((line) => line.startsWith('--'))) await git.assertVersion();
  const [gitDir, commonDir, objectDir, objectFormat, bare, shallow, inside, top] = lines;
  const complete = answer.exitCode === 0 || inside === 'false';
  if (!complete || gitDir === undefined || commonDir === undefined || objectDir === undefined) {
    throw gitFault({ command: 'rev-parse', exitCode: answer.exitCode, stderr: answer.stderr });
  }
  return {
    gitDir,
    commonDir,
    workTree: inside === 'true' ? top : undefined,
    objectFormat: objectFormat === 'sha256' ? 'sha256' : 'sha1',
    isBare: bare === 'true',
    objectDir,
    refFormat: storesRefsElsewhere(commonDir) ? 'other' : 'files',
    shallow: shallow === 'true',
  };
}

/** No git before 2.45 has an option that tells; any mention of another storage leaves reading refs to git. */
function storesRefsElsewhere(commonDir: string): boolean {
  try {
    return namesRefStorage(readFileSync(join(commonDir, 'config'), 'utf8'));
  } catch {
    return true;
  }
}
