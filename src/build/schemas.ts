/** The published schemas: `src/schema/*.schema.json`, which are normative. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeOutput } from './write-output.ts';

const FOLDER = 'src/schema';

/** Returns the paths of all schemas below `src/schema`, sorted, e.g. `output/show.schema.json`. */
export async function listSchemas(root: string): Promise<string[]> {
  const names = await readdir(path.join(root, FOLDER), { recursive: true });
  return names.filter((name) => name.endsWith('.schema.json')).sort();
}

/** Returns the text of a schema. */
export function readSchema(root: string, name: string): Promise<string> {
  return readFile(path.join(root, FOLDER, name), 'utf8');
}

/** Copies the schemas to `dist/schema`, where the package publishes them. Returns the copies' paths. */
export async function copySchemas(root: string): Promise<string[]> {
  const names = await listSchemas(root);
  return Promise.all(
    names.map(async (name) => writeOutput(path.join(root, 'dist/schema', name), await readSchema(root, name))),
  );
}
