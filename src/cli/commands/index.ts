/** The commands: a new one is a file here and a line below. The order is that of the help within a group. */
import type { CommandList } from '../command.ts';

/** Every command by name, each in a chunk of its own. */
export const COMMANDS: CommandList = new Map([
  ['init', async () => (await import('./init.ts')).initCommand],
  ['model create', async () => (await import('./model-create.ts')).modelCreateCommand],
  ['register', async () => (await import('./register.ts')).registerCommand],
  ['manifest', async () => (await import('./manifest.ts')).manifestCommand],
  ['annotate', async () => (await import('./annotate.ts')).annotateCommand],
  ['promote', async () => (await import('./promote.ts')).promoteCommand],
  ['demote', async () => (await import('./demote.ts')).demoteCommand],
  ['archive', async () => (await import('./archive.ts')).archiveCommand],
  ['rollback', async () => (await import('./rollback.ts')).rollbackCommand],
  ['tombstone', async () => (await import('./tombstone.ts')).tombstoneCommand],
  ['gc', async () => (await import('./gc.ts')).gcCommand],
  ['repair', async () => (await import('./repair.ts')).repairCommand],
  ['completion', async () => (await import('./completion.ts')).completionCommand],
  ['help', async () => (await import('./help.ts')).helpCommand],
  ['__complete', async () => (await import('./complete.ts')).completeCommand],
  ['__man', async () => (await import('./man.ts')).manCommand],
]);
