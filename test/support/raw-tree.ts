/** Trees that git itself would not write. */
import type { TemporaryRepository } from './temporary-repository.ts';

/** One name of a tree, in the order given. */
export interface RawTreeItem {
  readonly mode: string;
  /** One character a byte. */
  readonly name: string;
  readonly id: string;
}

/** Reads a tree. */
export function readTree(repository: TemporaryRepository, treeish: string): RawTreeItem[] {
  const rows = repository.git(['ls-tree', '-z', treeish]).split('\0').slice(0, -1);
  return rows.map((row) => {
    const [, mode = '', id = '', name = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(row) ?? [];
    return { mode: mode.replace(/^0/, ''), id, name };
  });
}

/** Writes a tree without any check. */
export function writeTree(repository: TemporaryRepository, items: readonly RawTreeItem[]): string {
  const body = items.map(({ mode, name, id }) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
  );
  return repository.git(['hash-object', '-t', 'tree', '-w', '--stdin', '--literally'], Buffer.concat(body));
}

/** Writes a blob. */
export function writeBlob(repository: TemporaryRepository, text: string): string {
  return repository.git(['hash-object', '-w', '--stdin'], text);
}
