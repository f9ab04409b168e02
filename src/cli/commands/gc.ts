/** `gc`: expires candidates, and removes cached bytes that nothing refers to. */
import { type GcResult, gc } from '../../operations/gc.ts';
import { type Command, defineCommand } from '../command.ts';
import { parseDuration } from '../duration.ts';
import { given } from '../given.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';
import { shortSha } from '../render/entry-name.ts';
import { formatBytes, formatCount, formatTime } from '../render/quantity.ts';
import { DRY_RUN_OPTION } from '../stage-command.ts';

/** The command. */
export const gcCommand: Command = defineCommand({
  name: 'gc',
  group: 'Keep',
  summary: 'Expire candidates whose time is over, and remove bytes that nothing refers to',
  description:
    'A candidate expires when the time it was registered with is over; --pending-ttl waits longer, never shorter. With ' +
    '--weights bytes leave the cache when no entry refers to them, after 14 days. Those of entries that ever ' +
    'occupied a slot stay, tombstoned or not.',
  positionals: [],
  options: {
    'pending-ttl': {
      kind: 'string',
      placeholder: 'TIME',
      says: 'expire only candidates of at least that age, e.g. 24h',
    },
    weights: { kind: 'boolean', says: 'clean the cache as well' },
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry gc --dry-run', says: 'see what is over' },
    { command: 'git registry gc --weights', says: 'expire candidates and clean the cache' },
  ],
  output: 'gc',
  async run(context, args) {
    const pendingTtl = args.pendingTtl === undefined ? undefined : parseDuration(args.pendingTtl, '--pending-ttl');
    const workspace = await context.workspace();
    const { weights, dryRun } = args;
    const result = await gc(workspace, { weights, dryRun, ...given({ pendingTtl }) });
    return {
      json: result,
      text: () => renderGc(result),
      ...(await publish(workspace, {
        wrote: result.expired.length > 0,
        push: args.push,
        dryRun,
        models: [...new Set(result.expired.map(({ model }) => model))],
      })),
    };
  },
});

function renderGc({ expired, removed, young, dryRun }: GcResult): readonly string[] {
  const verb = (done: string, planned: string): string => (dryRun ? `would ${planned}` : done);
  const bytes = removed.reduce((sum, object) => sum + object.bytes, 0);
  const lines = [
    ...expired.map(
      ({ model, sha256, expires }) =>
        `${verb('expired', 'expire')} candidate ${shortSha(sha256)} of ${model}${expires === null ? '' : `, due ${formatTime(expires)}`}`,
    ),
    ...(removed.length === 0
      ? []
      : [`${verb('removed', 'remove')} ${formatCount(removed.length, 'file')} from the cache, ${formatBytes(bytes)}`]),
    ...(young === 0 ? [] : [`kept ${formatBytes(young)} that nothing refers to: younger than 14 days`]),
  ];
  return lines.length === 0 ? ['nothing to collect'] : lines;
}
