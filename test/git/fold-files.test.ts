import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelName } from '../../src/domain/model-name.ts';
import { emptyState } from '../../src/domain/state.ts';
import { encodeState } from '../../src/domain/state-text.ts';
import { FoldFile } from '../../src/git/fold-file.ts';
import { commitOf } from '../support/event-builder.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';

/** Writes the fold of a model whose log has so many events. */
function writeFold(folder: string, name: string, events: number): string {
  const ids = new Map(Array.from({ length: events }, (_, seq) => [`${name}-${String(seq).padStart(8, '0')}`, seq]));
  const path = join(folder, name);
  writeFileSync(path, encodeState({ tip: commitOf(name), state: { ...emptyState('m' as ModelName), events, ids } }));
  return path;
}

const openFiles = (): number => readdirSync('/dev/fd').length;

test.each([
  ['small', 3, 0],
  ['large', 5000, 64],
])('of many %s folds few files stay open, and every one still answers', (_size, events, most) => {
  const folder = temporaryFolder();
  const names = Array.from({ length: 150 }, (_, index) => `fold-${index}`);
  const before = openFiles();
  const files = names.map((name) => FoldFile.open(writeFold(folder, name, events)));
  expect(openFiles() - before).toBeLessThanOrEqual(most);
  for (const [index, file] of files.entries()) {
    expect(file?.find('i', `fold-${index}-00000002`)).toBe('2');
    expect(file?.all('i')).toHaveLength(events);
    file?.close();
  }
  expect(openFiles()).toBeLessThanOrEqual(before);
});
