/** Which git is new enough. Found out only when a command fails on its usage, and by `init`: asking costs a process. */
import { RegistryError } from '../domain/errors.ts';

/** The oldest git that has `cat-file --batch-command` and `core.fsync`. */
const FLOOR = [2, 36] as const;

/** Throws `git-too-old` unless `text`, the output of `git version`, names 2.36 or newer. Data: `{version}`. */
export function assertGitVersion(text: string): void {
  const found = /git version (\d+)\.(\d+)/.exec(text);
  const major = Number(found?.[1] ?? 0);
  const minor = Number(found?.[2] ?? 0);
  if (major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1])) return;
  throw new RegistryError('git-too-old', `git: expected ${FLOOR.join('.')} or newer, got ${text.trim() || 'nothing'}`, {
    hint: 'git --version',
    data: { version: text.trim() },
  });
}
