/** Looks at corpus, tokenizer and machine for `git registry manifest`. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalize, type JsonValue } from '../domain/canonical-json.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Progress } from '../ports/progress.ts';
import type { TrainingProbe } from '../ports/training-probe.ts';
import { withTemporaryPath } from './durable-file.ts';
import { type DvcFile, dirDigest, listFolder } from './dvc-folder.ts';

/** The probe of this machine. */
export class MachineProbe implements TrainingProbe {
  async corpusDigest(
    path: string,
    progress: Progress,
  ): Promise<{ readonly digest: string; readonly from: 'pointer' | 'file' | 'folder' }> {
    const pointer = await findPointer(path);
    if (pointer !== undefined) return { digest: pointer, from: 'pointer' };
    const info = await stat(path).catch(() => undefined);
    if (info?.isFile()) return { digest: await md5Of(path, info.size, progress), from: 'file' };
    if (info?.isDirectory()) return { digest: await folderDigest(path, progress), from: 'folder' };
    throw new RegistryError('not-a-file', `corpus ${path}: expected a file, a folder or a .dvc pointer`, {
      data: { path },
    });
  }

  async tokenizerDigest(folder: string): Promise<string | undefined> {
    const body = await readFile(join(folder, 'tokenizer.json')).catch(() => undefined);
    if (body === undefined) return undefined;
    return createHash('sha256').update(canonicalize(body, 'tokenizer.json')).digest('hex');
  }

  async environment(): Promise<JsonValue> {
    const { readEnvironment } = await import('./training-environment.ts');
    return readEnvironment();
  }

  async writeFile(folder: string, name: string, text: string, force: boolean): Promise<string | undefined> {
    const path = join(folder, name);
    return withTemporaryPath(folder, async (temporary) => {
      await writeFile(temporary, text, { flag: 'wx' });
      if (force) {
        await rename(temporary, path);
        return path;
      }
      try {
        // A link fails where the name exists: unlike a rename it never replaces.
        await link(temporary, path);
        return path;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
        throw error;
      }
    });
  }
}

/** Returns the digest that a DVC pointer names: the path's own, or the one beside it. */
async function findPointer(path: string): Promise<string | undefined> {
  const text = await readFile(path.endsWith('.dvc') ? path : `${path}.dvc`, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : /^- ?(?:.*\n {2})*?md5: ['"]?([0-9a-f]{32}(?:\.dir)?)['"]?$/m.exec(text)?.[1];
}

async function md5Of(path: string, bytes: number, progress: Progress): Promise<string> {
  const hash = createHash('md5');
  const task = progress.start(`hashing ${path}`, bytes, 'bytes');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    task.add(chunk.length);
  }
  task.end();
  return hash.digest('hex');
}

async function folderDigest(folder: string, progress: Progress): Promise<string> {
  const files: DvcFile[] = [];
  for (const { relpath, path } of await listFolder(folder)) {
    files.push({ relpath, md5: await md5Of(path, (await stat(path)).size, progress) });
  }
  return dirDigest(files);
}
