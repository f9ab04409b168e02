/**
 * The index as a snapshot. Git is asked whatever the number of files what differs from HEAD and which files with telling
 * names there are, and, for what lies in packs, for the bytes. GIT_INDEX_FILE is the child's: `git commit FILE` sets it.
 */
import { createHash } from 'node:crypto';
import type { OpenedFile, Snapshot } from '../ports/snapshot.ts';
import { findAttributes } from './attributes.ts';
import { BlobReader } from './blob-reader.ts';
import type { GitRunner } from './git-runner.ts';
import { objectIdOf } from './object-id.ts';
import type { Repository } from './repository.ts';
import { isNamed, namedPathspecs } from './telling-names.ts';

interface StagedFile {
  readonly path: string;
  readonly id: string;
}

/** The snapshot of one index. */
export class IndexSnapshot implements Snapshot {
  readonly #git: GitRunner;
  readonly #repository: Repository;
  readonly #blobs: BlobReader;
  #named: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(repository: Repository, git: GitRunner) {
    this.#repository = repository;
    this.#git = git;
    this.#blobs = new BlobReader(repository, git);
  }

  async *open(length: number): AsyncGenerator<OpenedFile> {
    // Both at once: each reads the whole index.
    this.#namedFiles().catch(() => undefined);
    const staged = await this.#staged();
    let at = 0;
    const ids = staged.map(({ id }) => id);
    for await (const blob of this.#blobs.heads(ids, length)) {
      const file = staged[at++];
      if (file !== undefined && blob !== undefined) yield { path: file.path, changed: true, ...blob };
    }
  }

  async find(names: readonly string[], endings: readonly string[] = []): Promise<readonly string[]> {
    return [...(await this.#namedFiles()).keys()].filter((path) => isNamed(path, names, endings));
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const id = await this.#idOf(path);
    const blob = id === undefined ? undefined : await this.#blobs.head(id, limit);
    return blob === undefined || blob.bytes > limit ? undefined : blob.head;
  }

  async readHead(path: string, length: number): Promise<Uint8Array | undefined> {
    const id = await this.#idOf(path);
    return id === undefined ? undefined : (await this.#blobs.head(id, length))?.head;
  }

  async md5(path: string): Promise<string | undefined> {
    const id = await this.#idOf(path);
    if (id === undefined) return undefined;
    const hash = createHash('md5');
    for await (const chunk of this.#blobs.stream(id)) hash.update(chunk);
    return hash.digest('hex');
  }

  withAttribute(attribute: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
    return findAttributes(this.#git, attribute, paths, ['--cached']);
  }

  /** Regular files that differ from HEAD; all of the index before the first commit. */
  async #staged(): Promise<readonly StagedFile[]> {
    const args = (tree: string): readonly string[] => [
      ...['diff-index', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', '--ignore-submodules=all'],
      ...['--diff-filter=d', tree, '--'],
    ];
    const asked = await this.#git.run(args('HEAD'));
    if (asked.exitCode === 0) return parseRaw(asked.stdout.toString());
    const head = await this.#git.run(['rev-parse', '--quiet', '--verify', 'HEAD^{commit}']);
    if (head.exitCode === 0) throw await this.#git.fault(args('HEAD'), asked);
    const empty = objectIdOf(this.#repository.objectFormat, 'tree', new Uint8Array());
    return parseRaw((await this.#git.read(args(empty))).toString());
  }

  async #idOf(path: string): Promise<string | undefined> {
    const named = (await this.#namedFiles()).get(path);
    if (named !== undefined) return named;
    const listed = await this.#git.read(['ls-files', '--stage', '-z', '--', `:(top,literal)${path}`]);
    return parseStages(listed.toString()).get(path);
  }

  #namedFiles(): Promise<ReadonlyMap<string, string>> {
    this.#named ??= this.#git
      .read(['ls-files', '--stage', '-z', '--', ...namedPathspecs()])
      .then((stdout) => parseStages(stdout.toString()));
    return this.#named;
  }
}

/** `:old-mode new-mode old-id new-id status NUL path NUL`; only regular files have content to judge. */
function parseRaw(text: string): readonly StagedFile[] {
  const parts = text.split('\0');
  const files: StagedFile[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = '', , id = ''] = (parts[at] ?? '').split(' ');
    if (mode.startsWith('100')) files.push({ id, path: parts[at + 1] ?? '' });
  }
  return files;
}

/** `mode id stage TAB path NUL`. */
function parseStages(text: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const row of text.split('\0').slice(0, -1)) {
    const cut = row.indexOf('\t');
    const [mode = '', id = ''] = row.slice(0, cut).split(' ');
    if (mode.startsWith('100')) files.set(row.slice(cut + 1), id);
  }
  return files;
}
