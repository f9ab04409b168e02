import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestInputs, isCurrent, writeStamp } from '../../../src/build/stamp.ts';

let root: string;

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'stamp-'));
  write('package.json', '{}');
  write('package-lock.json', '{}');
  write('src/a.ts', 'export const a = 1;');
  write('dist/a.js', '');
});

afterEach(() => rmSync(root, { recursive: true }));

describe('the digest of the inputs', () => {
  test('is the same for the same files, whatever their times', async () => {
    const before = await digestInputs(root);
    utimesSync(path.join(root, 'src/a.ts'), 1, 1);
    expect(await digestInputs(root)).toBe(before);
  });

  test.each([
    ['a source changes', () => write('src/a.ts', 'export const a = 2;')],
    ['a source is added, be it empty', () => write('src/domain/b.ts', '')],
    [
      'a source takes another name',
      () => {
        rmSync(path.join(root, 'src/a.ts'));
        write('src/b.ts', 'export const a = 1;');
      },
    ],
    ['the packages change', () => write('package-lock.json', '{ }')],
    ['a schema changes', () => write('src/schema/a.schema.json', '{}')],
  ])('differs when %s', async (_change, change) => {
    const before = await digestInputs(root);
    change();
    expect(await digestInputs(root)).not.toBe(before);
  });

  test('leaves out what the build itself writes below src', async () => {
    const before = await digestInputs(root);
    write('src/schema/compiled/event.js', 'export const event = 1;');
    expect(await digestInputs(root)).toBe(before);
  });
});

describe('a build', () => {
  test('is current after its stamp was written', async () => {
    const inputs = await digestInputs(root);
    expect(await isCurrent(root, inputs)).toBe(false);
    await writeStamp(root, inputs, [path.join(root, 'dist/a.js')]);
    expect(await isCurrent(root, inputs)).toBe(true);
  });

  test('is not current when its inputs are others, or an output is gone', async () => {
    const inputs = await digestInputs(root);
    await writeStamp(root, inputs, [path.join(root, 'dist/a.js')]);
    expect(await isCurrent(root, 'other')).toBe(false);
    rmSync(path.join(root, 'dist/a.js'));
    expect(await isCurrent(root, inputs)).toBe(false);
  });
});
