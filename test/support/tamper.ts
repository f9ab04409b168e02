/** Rewrites entries and logs of a real repository with git plumbing, as an attacker with write access could. */
import { createHash } from 'node:crypto';
import type { TemporaryRepository } from './temporary-repository.ts';

/** An event commit in parts. */
export interface RawEvent {
  tree: string;
  /** The entry commit, if any; the previous event is filled in. */
  entry: string | undefined;
  author: string;
  committer: string;
  /** Headers between committer and message. */
  extra: string;
  subject: string;
  json: string;
  /** Leave out the previous event, or add parents. */
  parents?: (previous: string | undefined) => readonly string[];
}

const LOG = 'refs/registry/log/m';

function write(repository: TemporaryRepository, type: string, body: string | Uint8Array): string {
  return repository.git(['hash-object', '-t', type, '-w', '--stdin', '--literally'], body);
}

/** Reads the log of model `m`, oldest first. */
export function readEvents(repository: TemporaryRepository): RawEvent[] {
  const ids = repository.git(['rev-list', '--first-parent', '--reverse', LOG]).split('\n');
  return ids.map((id, index) => {
    const body = repository.tryGit(['cat-file', 'commit', id]).stdout;
    const head = body.slice(0, body.indexOf('\n\n'));
    const message = body.slice(body.indexOf('\n\n') + 2);
    const line = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(head)?.[1] ?? '';
    const parents = [...head.matchAll(/^parent (.*)$/gm)].map(([, parent]) => parent);
    return {
      tree: line('tree'),
      entry: parents[index === 0 ? 0 : 1],
      author: line('author'),
      committer: line('committer'),
      extra: '',
      subject: message.slice(0, message.indexOf('\n')),
      json: message.slice(message.indexOf('\n\n') + 2, -1),
    };
  });
}

/** Writes a log in place of that of model `m`. */
export function writeEvents(repository: TemporaryRepository, events: readonly RawEvent[]): void {
  let previous: string | undefined;
  for (const event of events) {
    const parents = event.parents?.(previous) ?? [previous, event.entry].filter((id) => id !== undefined);
    const lines = [
      `tree ${event.tree}`,
      ...parents.map((id) => `parent ${id}`),
      `author ${event.author}`,
      `committer ${event.committer}`,
    ];
    previous = write(repository, 'commit', `${lines.join('\n')}\n${event.extra}\n${event.subject}\n\n${event.json}\n`);
  }
  repository.git(['update-ref', LOG, previous ?? '']);
}

/** Changes the JSON of an event by its value, keeping it canonical, and mends the `prev` of those behind it. */
export function editJson(
  events: RawEvent[],
  index: number,
  change: (value: Record<string, unknown>) => void,
): RawEvent[] {
  let prev: string | undefined;
  return events.map((event, at) => {
    const value = JSON.parse(event.json) as Record<string, unknown>;
    if (at > index && prev !== undefined) value['prev'] = prev;
    if (at === index) change(value);
    const json = JSON.stringify(sorted(value));
    prev = createHash('sha256').update(json).digest('hex');
    return { ...event, json };
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** Replaces an entry commit everywhere it is named: in the log and in every ref. */
export function replaceEntry(repository: TemporaryRepository, from: string, to: string): void {
  writeEvents(
    repository,
    readEvents(repository).map((event) => (event.entry === from ? { ...event, entry: to } : event)),
  );
  for (const line of repository
    .git(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/registry'])
    .split('\n')) {
    const [id, name = ''] = line.split(' ');
    if (id === from) repository.git(['update-ref', name, to]);
  }
}

/** Commits a changed tree under the message of an entry commit. `change` edits the lines of `git ls-tree -r`. */
export function rewriteEntry(
  repository: TemporaryRepository,
  commit: string,
  change: (lines: string[], blob: (text: string) => string) => readonly string[],
): string {
  const environment = { ...repository.environment, GIT_INDEX_FILE: `${repository.gitDir}/tamper-index` };
  const lines = repository.git(['ls-tree', '-r', commit]).split('\n');
  const changed = change(lines, (text) => write(repository, 'blob', text));
  Object.assign(repository.environment, environment);
  repository.git(['read-tree', '--empty']);
  repository.git(['update-index', '--index-info'], `${changed.join('\n')}\n`);
  const tree = repository.git(['write-tree']);
  delete repository.environment['GIT_INDEX_FILE'];
  return rewriteCommit(repository, commit, (body) => body.replace(/^tree .*$/m, `tree ${tree}`));
}

/** Writes a changed commit object. */
export function rewriteCommit(
  repository: TemporaryRepository,
  commit: string,
  change: (body: string) => string,
): string {
  return write(repository, 'commit', change(repository.tryGit(['cat-file', 'commit', commit]).stdout));
}
