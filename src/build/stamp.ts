/** Whether anything changed since the last build: by content, since a checkout or an unpacked tarball sets times anew. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeOutput } from './write-output.ts';

const FOLDERS = ['src', 'test/bench', 'fixtures/grammar-tutor/train'];
const FILES = ['package.json', 'package-lock.json'];
const STAMP = 'dist/.stamp';

async function listFiles(root: string, folder: string): Promise<string[]> {
  const found = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((item) => item.isFile()).map((item) => path.join(item.parentPath, item.name));
}

/** Returns the digest of every file that the build reads, names included. */
export async function digestInputs(root: string): Promise<string> {
  const listed = await Promise.all(FOLDERS.map((folder) => listFiles(root, folder)));
  const files = [...listed.flat(), ...FILES.map((file) => path.join(root, file))]
    .filter((file) => !file.includes('/schema/compiled/'))
    .sort();
  const digest = createHash('sha256').update(process.version);
  for (const file of files) {
    const content = await readFile(file);
    digest.update(`\0${path.relative(root, file)}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex');
}

/** Tells whether the last build was of these inputs and all that it made is still there. */
export async function isCurrent(root: string, inputs: string): Promise<boolean> {
  const stamp = await readFile(path.join(root, STAMP), 'utf8').catch(() => '');
  const [of, ...outputs] = stamp.trimEnd().split('\n');
  return of === inputs && outputs.every((output) => existsSync(path.join(root, output)));
}

/** Notes what the finished build was of, and which files it made (absolute paths). */
export async function writeStamp(root: string, inputs: string, outputs: readonly string[]): Promise<void> {
  const names = outputs.map((output) => path.relative(root, output)).sort();
  await writeOutput(path.join(root, STAMP), `${[inputs, ...names].join('\n')}\n`);
}
