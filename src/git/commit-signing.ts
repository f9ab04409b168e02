/** Signed event commits: git calls the user's signer (OpenPGP, X.509 or SSH), so git makes the commit. */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { NewEventCommit } from '../ports/event-log.ts';
import { DURABLE_FLAGS } from './git-environment.ts';
import type { GitRunner } from './git-runner.ts';

/** Under another commit encoding git would re-encode, or add a header that format §6.1 rules out. */
const COMMIT_TREE = [...DURABLE_FLAGS, '-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', '-S'];

/** What git says when the signature was made and the object could not be stored. */
const STORAGE = /unable to (?:write|create) |insufficient permission for adding|no space left|disk quota/i;

/** Makes a signed commit and returns its id; its message is exactly as given. Throws `signing-failed`, and nothing is written. */
export async function makeSignedCommit(git: GitRunner, commit: NewEventCommit): Promise<ObjectId> {
  const args = [...COMMIT_TREE, ...commit.parents.flatMap((parent) => ['-p', parent]), commit.tree];
  const { name, email } = commit.by;
  const date = `@${commit.time} +0000`;
  const result = await git.run(args, {
    input: commit.message,
    environment: {
      ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
      ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
    },
  });
  if (result.exitCode === 0) return result.stdout.toString().trim() as ObjectId;
  const fault = await git.fault(args, result, 'signing-failed');
  if (STORAGE.test(result.stderr)) throw fault;
  throw new RegistryError('signing-failed', fault.message, {
    hint: 'git config --get-regexp "^(gpg|user)\\."',
    data: fault.data,
  });
}
