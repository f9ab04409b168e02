/** Type declarations of the library, for those who import the package. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Writes `dist/types`. Rejects with the compiler's words when the sources do not compile. */
export async function emitDeclarations(root: string): Promise<void> {
  await rm(path.join(root, 'dist/types'), { recursive: true, force: true });
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '--project', 'src/build/tsconfig.types.json'], { cwd: root });
}
