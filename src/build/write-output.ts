/** Writing what was built, so that a process that reads it meanwhile never sees half a file. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file by way of a temporary one; leaves it alone where it holds the same bytes. Returns its path. */
export async function writeOutput(file: string, content: string | Uint8Array): Promise<string> {
  const bytes = Buffer.from(content);
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(bytes)) return file;
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, bytes);
  await rename(temporary, file);
  return file;
}
