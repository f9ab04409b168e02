/** `repair`: puts right what the logs and the cache can put right. */
import { type RepairResult, repair } from '../../operations/repair.ts';
import { type Command, defineCommand } from '../command.ts';
import { exitCodeOfFindings } from '../finding-exit-code.ts';
import { shortSha } from '../render/entry-name.ts';
import { DRY_RUN_OPTION } from '../stage-command.ts';

/** The command. */
export const repairCommand: Command = defineCommand({
  name: 'repair',
  group: 'Keep',
  summary: 'Rebuild refs from the logs, and clean up after killed processes',
  description:
    'Versions, stages and candidates are views of the logs: missing or stale ones are made anew. Stale locks and ' +
    'temporary files go. With --weights every cached file is read: bad bytes go to quarantine, lost second names come ' +
    'back. What the logs cannot mend is named and left: exit 1, or 5 where it is corrupt or tampered with.',
  positionals: [],
  options: {
    weights: { kind: 'boolean', says: 'read and mend the cache as well' },
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry repair --dry-run', says: 'see what would be put right' },
    { command: 'git registry repair --weights', says: 'mend refs and cache' },
  ],
  output: 'repair',
  async run(context, { weights, dryRun }) {
    const result = await repair(await context.workspace(), { weights, dryRun });
    return {
      json: result,
      text: () => renderRepair(result),
      notes: quarantineNotes(result),
      exitCode: exitCodeOfFindings(result.left),
    };
  },
});

function quarantineNotes({ quarantined, dryRun }: RepairResult): readonly string[] {
  if (quarantined.length === 0 || dryRun) return [];
  return ['to bring good bytes back: register the files again, or git registry pull --weights'];
}

function renderRepair({ views, quarantined, relinked, swept, left, dryRun }: RepairResult): readonly string[] {
  const verb = (done: string, planned: string): string => (dryRun ? `would ${planned}` : done);
  const lines = [
    ...views.map((view) => `${verb('rebuilt', 'rebuild')} ${view}`),
    ...quarantined.map((path) => `${verb('moved to quarantine:', 'move to quarantine:')} ${path}`),
    ...relinked.map((sha256) => `${verb('named', 'name')} again in the cache: ${shortSha(sha256)}`),
    ...swept.map((path) => `removed ${path}`),
    ...left.map(({ subject, message, code }) => `left as it is: ${subject}: ${message} (${code})`),
  ];
  return lines.length === 0 ? ['nothing to repair'] : lines;
}
