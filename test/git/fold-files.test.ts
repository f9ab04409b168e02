import { fstatSync, readdirSync, type Stats, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ModelName } from '../../src/domain/model-name.ts';
import { emptyState } from '../../src/domain/state.ts';
import { encodeState } from '../../src/domain/state-text.ts';
import { FileFoldCache } from '../../src/git/file-fold-cache.ts';
import { FoldFile } from '../../src/git/fold-file.ts';
import { foldPath } from '../../src/git/fold-path.ts';
import type { FoldedModel } from '../../src/ports/fold-cache.ts';
import { commitOf } from '../support/event-builder.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';

/** Returns the fold of a model whose log has so many events. */
function foldOf(name: string, events: number): FoldedModel {
  const ids = new Map(Array.from({ length: events }, (_, seq) => [`${name}-${String(seq).padStart(8, '0')}`, seq]));
  return { tip: commitOf(name), state: { ...emptyState('m' as ModelName), events, ids } };
}

function writeFold(folder: string, name: string, events: number): string {
  const path = join(folder, name);
  writeFileSync(path, encodeState(foldOf(name, events)));
  return path;
}

/** Returns how many files of a folder this process has open. It opens and closes others at any time. */
function openFiles(folder: string): number {
  const files = new Set(readdirSync(folder).map((name) => nodeOf(statSync(join(folder, name)))));
  return readdirSync('/dev/fd').filter((fd) => files.has(nodeOfOpen(Number(fd)))).length;
}

/** Sockets and files of other file systems have the same numbers. */
function nodeOf({ dev, ino }: Stats): string {
  return `${dev} ${ino}`;
}

function nodeOfOpen(fd: number): string {
  try {
    return nodeOf(fstatSync(fd));
  } catch {
    // The listing of /dev/fd itself, which is over.
    return '';
  }
}

test.each([
  ['small', 3, 0],
  ['large', 5000, 64],
])('of many %s folds few files stay open, and every one still answers', (_size, events, most) => {
  const folder = temporaryFolder();
  const names = Array.from({ length: 150 }, (_, index) => `fold-${index}`);
  const files = names.map((name) => FoldFile.open(writeFold(folder, name, events)));
  expect(openFiles(folder)).toBe(most);
  for (const [index, file] of files.entries()) {
    expect(file?.find('i', `fold-${index}-00000002`)).toBe('2');
    expect(file?.all('i')).toHaveLength(events);
    file?.close();
  }
  expect(openFiles(folder)).toBe(0);
});

test('folds of one model that are written in one instant do not mix', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const commonDir = temporaryFolder();
  const path = foldPath(commonDir, 'm' as ModelName);
  for (let round = 0; round < 20; round += 1) {
    const saving = [4000, 500, 3000, 20].map((events, index) =>
      new FileFoldCache(commonDir).save(foldOf(`fold-${index}`, events)),
    );
    await Promise.all(saving);
    const file = FoldFile.open(path);
    const { events } = file?.header.state ?? {};
    const names = new Set(file?.all('i').map(([id]) => id.slice(0, 'fold-0'.length)));
    expect([4000, 500, 3000, 20].map((size, index) => size === events && names.has(`fold-${index}`))).toContain(true);
    expect(names.size).toBe(1);
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
    file?.close();
  }
});
