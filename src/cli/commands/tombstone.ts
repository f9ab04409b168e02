/** `tombstone`: takes an entry out of use for ever, without deleting what it was. */
import { type TombstoneResult, tombstone } from '../../operations/tombstone.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';
import { nameEntry } from '../render/entry-name.ts';
import { formatCount } from '../render/quantity.ts';

/** The command. */
export const tombstoneCommand: Command = defineCommand({
  name: 'tombstone',
  group: 'Keep',
  summary: 'Take an entry out of use for ever, with a reason',
  description:
    'resolve and get refuse it from now on, its versions stay taken, and lineage shows it marked. Nothing undoes a ' +
    'tombstone. An entry in a slot is refused: archive it first. With --purge-weights its cached bytes are removed ' +
    'from this clone, except those that another entry refers to; copies elsewhere stay where they are.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    reason: {
      kind: 'string',
      placeholder: 'TEXT',
      required: true,
      says: 'why; everyone who asks for it will read this',
    },
    'purge-weights': { kind: 'boolean', says: 'remove its bytes from the cache as well' },
    by: BY_OPTION,
    push: PUSH_OPTION,
  },
  examples: [
    {
      command: 'git registry tombstone v1.1.0 --reason "trained on a corpus without consent"',
      says: 'withdraw a version',
    },
    {
      command: 'git registry tombstone 8f2c91a --reason "leaks names" --purge-weights',
      says: 'remove its bytes here, too',
    },
  ],
  output: 'tombstone',
  async run(context, args) {
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const workspace = await context.workspace();
    const { spec, reason, purgeWeights } = args;
    const result = await tombstone(workspace, { spec, reason, purgeWeights, ...given({ onBehalfOf }) });
    return {
      json: result,
      text: (style) => {
        const name = `${style.bold(result.model)} ${nameEntry(result.version, result.sha256)}`;
        if (result.changed) return [`tombstoned ${name}: ${result.reason}`, ...purgeLines(result, purgeWeights)];
        const had = `${name} has a tombstone: ${result.reason}`;
        return purgeWeights ? [had, ...purgeLines(result, true)] : [`nothing to do: ${had}`];
      },
      ...(await publish(workspace, { wrote: result.changed, push: args.push, models: [result.model] })),
    };
  },
});

function purgeLines({ purged, kept }: TombstoneResult, asked: boolean): readonly string[] {
  if (!asked) return [];
  return [
    `  ${purged.length === 0 ? 'no file' : formatCount(purged.length, 'file')} removed from the cache of this clone`,
    ...(kept.length === 0
      ? []
      : [`  ${formatCount(kept.length, 'file')} kept: other entries refer to ${kept.length === 1 ? 'it' : 'them'}`]),
  ];
}
