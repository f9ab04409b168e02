/** Command data without the commands: completion answers under a finger on Tab, and loading a command loads what it runs. */
import { readFileSync } from 'node:fs';
import { type Command, type CommandList, loadVisible } from '../command.ts';

/** What there is to know of a command without running it. */
export type CommandOutline = Omit<Command, 'run'>;

/** Where the build keeps what `__outlines` prints, seen from a chunk of the bundle; nothing is there beside the sources. */
const PREPARED = new URL('../completion/outlines.json', import.meta.url);

/** Returns the outlines of the commands that people see, by name, in the order of the list. */
export async function readOutlines(list: CommandList): Promise<ReadonlyMap<string, CommandOutline>> {
  const outlines = readPrepared() ?? (await loadOutlines(list));
  return new Map(outlines.map((outline) => [outline.name, outline]));
}

/** Returns the same from the commands themselves. */
export async function loadOutlines(list: CommandList): Promise<readonly CommandOutline[]> {
  const commands = await loadVisible(list);
  return commands.map(({ run: _, ...outline }) => outline);
}

function readPrepared(): readonly CommandOutline[] | undefined {
  try {
    return JSON.parse(readFileSync(PREPARED, 'utf8')) as readonly CommandOutline[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
