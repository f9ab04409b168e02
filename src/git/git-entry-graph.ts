/** Lineage walks by `git rev-list`: plumbing, so that no log.* configuration of the user reaches it. */
import { isObjectId, type ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { EntryGraph, EntryNode } from '../ports/entry-graph.ts';
import { ByteReader } from './byte-reader.ts';
import type { GitRunner } from './git-runner.ts';
import { refPrefixOf } from './ref-names.ts';

const FORMAT = ['rev-list', '--no-commit-header', '--encoding=UTF-8', '--format=tformat:%H%n%P%n%B%x00'];

/** Walks the entry commits of one repository. */
export class GitEntryGraph implements EntryGraph {
  readonly #git: GitRunner;

  constructor(git: GitRunner) {
    this.#git = git;
  }

  ancestors(entry: ObjectId): AsyncIterable<EntryNode> {
    return this.#walk([...FORMAT, entry, '--']);
  }

  /** Over sha/ and pending/ alone: logs, versions and stages reach entries too (architecture §3). */
  descendants(entry: ObjectId): AsyncIterable<EntryNode> {
    const globs = [refPrefixOf({ kind: 'entries', prefix: '' }), refPrefixOf({ kind: 'pending' })].map(
      (prefix) => `--glob=${prefix}*`,
    );
    return this.#walk([...FORMAT, '--ancestry-path', ...globs, `^${entry}`, '--']);
  }

  async *#walk(args: readonly string[]): AsyncGenerator<EntryNode> {
    const { process, ended } = this.#git.start(args);
    process.stdin.end();
    const reader = new ByteReader(process.stdout);
    try {
      for (let record = await reader.readUntil(0); record !== undefined; record = await reader.readUntil(0)) {
        yield parseNode(record.toString('utf8').replace(/^\n/, ''));
      }
      const end = await ended;
      if (end.exitCode !== 0) throw await this.#git.fault(args, end, 'corrupt-object');
    } finally {
      process.kill();
    }
  }
}

function parseNode(text: string): EntryNode {
  const [commit = '', parents = ''] = text.split('\n', 2);
  if (!isObjectId(commit))
    throw new RegistryError('git-failed', `rev-list: expected a commit id, got ${JSON.stringify(commit.slice(0, 80))}`);
  return {
    commit,
    parents: parents.split(' ').filter(isObjectId),
    message: text.slice(commit.length + parents.length + 2),
  };
}
