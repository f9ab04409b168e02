import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CacheFolder } from '../../../src/weights/content-path.ts';
import { moveToQuarantine } from '../../../src/weights/quarantine.ts';
import { temporaryFolder } from '../../support/temporary-repository.ts';

/** A cache with one object, `bad`. */
function start(): {
  readonly cache: CacheFolder;
  readonly path: string;
  readonly quarantined: () => readonly string[];
} {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'files', 'md5', 'ab'), { recursive: true });
  const path = join(folder, 'files', 'md5', 'ab', 'cdef');
  writeFileSync(path, 'bad');
  const cache: CacheFolder = { folder, owner: 'dvc', shared: false };
  return { cache, path, quarantined: () => readdirSync(join(folder, 'quarantine')) };
}

test('an object that was judged bad is moved under a name that tells which it was', () => {
  const { cache, path, quarantined } = start();
  const target = moveToQuarantine(cache, 'md5', path, statSync(path));
  expect(readFileSync(target ?? '', 'utf8')).toBe('bad');
  expect(quarantined()).toEqual([expect.stringMatching(/^md5-abcdef-/)]);
  expect(readdirSync(join(cache.folder, 'files', 'md5', 'ab'))).toEqual([]);
});

test('what another process put there since stays there', () => {
  const { cache, path, quarantined } = start();
  const judged = statSync(path);
  renameSync(path, join(cache.folder, 'elsewhere'));
  writeFileSync(path, 'good');
  expect(moveToQuarantine(cache, 'md5', path, judged)).toBeUndefined();
  expect(readFileSync(path, 'utf8')).toBe('good');
  expect(quarantined()).toEqual([]);
});

test("what another process moved away is nobody's fault", () => {
  const { cache, path, quarantined } = start();
  const judged = statSync(path);
  renameSync(path, join(cache.folder, 'elsewhere'));
  expect(moveToQuarantine(cache, 'md5', path, judged)).toBeUndefined();
  expect(quarantined()).toEqual([]);
});

test('two bad objects of one name are both kept', () => {
  const { cache, path, quarantined } = start();
  moveToQuarantine(cache, 'md5', path, statSync(path));
  writeFileSync(path, 'worse');
  moveToQuarantine(cache, 'md5', path, statSync(path));
  expect(quarantined()).toHaveLength(2);
});
