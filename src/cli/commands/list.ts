/** `list`: the models of the registry, or the entries of one. */
import { type ListEntriesInput, type ListEntriesResult, listEntries } from '../../operations/list-entries.ts';
import { listModels } from '../../operations/list-models.ts';
import { LOCAL_AT_OPTION } from '../at-option.ts';
import { type Command, type CommandContext, type CommandResult, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { noModelNote } from '../no-model-note.ts';
import { peekWith, REMOTE_OPTION } from '../remote-option.ts';
import { renderEntries } from '../render/entries.ts';
import { renderModels } from '../render/model.ts';
import { formatCount } from '../render/quantity.ts';

/** The command. */
export const listCommand: Command = defineCommand({
  name: 'list',
  group: 'Look',
  summary: 'List the models, or the entries of one',
  description:
    'Without MODEL, the models. With MODEL its versions, newest first; --pending or --sort without MODEL mean the ' +
    'default model. The key metrics are those that registry.yaml names, else the first three numbers of the eval report.',
  positionals: [{ name: 'model', completes: 'model', says: 'the model whose entries to list' }],
  options: {
    pending: { kind: 'boolean', conflicts: ['all'], says: 'list the candidates' },
    all: {
      kind: 'boolean',
      says: 'list everything: entries without a version, candidates, tombstones; retired models',
    },
    sort: {
      kind: 'string',
      placeholder: 'KEY',
      says: 'order by registered, version, stage or a metric; newest or highest first',
    },
    limit: {
      kind: 'number',
      placeholder: 'N',
      default: 20,
      whole: true,
      least: 0,
      says: 'list at most N entries; 0 for all',
    },
    remote: REMOTE_OPTION,
    at: LOCAL_AT_OPTION,
  },
  examples: [
    { command: 'git registry list', says: 'list the models' },
    { command: 'git registry list grammar-tutor', says: 'list the versions of a model' },
    { command: 'git registry list grammar-tutor --sort accuracy --limit 5', says: 'list the five best' },
    {
      command: 'git registry list grammar-tutor --at 2026-11-01T10:00Z',
      says: 'list the versions that there were then',
    },
    { command: 'git registry list grammar-tutor --pending', says: 'list what waits for a version' },
    {
      command: 'git registry list grammar-tutor --remote https://example.org/team.git',
      says: 'list the versions that a remote has, without a clone',
    },
  ],
  output: 'list',
  async run(context, args) {
    const { model, pending, all, sort, limit, remote } = args;
    if (model === undefined && !pending && sort === undefined) return answerModels(context, { all, remote });
    return answerEntries(context, { pending, all, limit, ...given({ model, sort }) }, remote);
  },
});

async function answerModels(
  context: CommandContext,
  { all, remote }: { readonly all: boolean; readonly remote: string | undefined },
): Promise<CommandResult> {
  const result =
    remote === undefined
      ? await listModels(await context.workspace(), { all })
      : await (await loadRemote()).listRemoteModels(peekWith(context), { remote, all });
  const { models } = result;
  const none = async (): Promise<string> =>
    remote === undefined ? noModelNote(await context.workspace()) : `no model on ${remote}`;
  return {
    json: { kind: 'models', ...result },
    text: (style) => (models.length === 0 ? [] : renderModels(models, style, context.width)),
    notes: models.length === 0 ? [await none()] : [],
  };
}

/** On demand: most lists are of what is here. */
function loadRemote(): Promise<typeof import('../../operations/peek/look-remote.ts')> {
  return import('../../operations/peek/look-remote.ts');
}

async function answerEntries(
  context: CommandContext,
  input: ListEntriesInput,
  remote: string | undefined,
): Promise<CommandResult> {
  const result =
    remote === undefined
      ? await listEntries(await context.workspace(), input)
      : await (await loadRemote()).listRemoteEntries(peekWith(context), remote, input);
  const { entries } = result;
  return {
    json: { kind: 'entries', ...result },
    text: (style) => (entries.length === 0 ? [] : renderEntries(entries, style, context.width)),
    notes: listNotes(result, input),
  };
}

/** Says what the table does not show, and how to see it. */
function listNotes(
  { model, total, hidden, entries }: ListEntriesResult,
  { pending, all }: ListEntriesInput,
): readonly string[] {
  if (total + hidden === 0) return [`${model} has no entry yet: git registry register PATH --model ${model}`];
  if (pending) return total === 0 ? [`${model} has no candidate`] : limitNotes(entries.length, total);
  if (total === 0) return [`${model} has no version yet: --all lists ${formatCount(hidden, 'entry', 'entries')}`];
  const others =
    hidden === 0 || all
      ? []
      : [`${formatCount(hidden, 'entry', 'entries')} without a version or with a tombstone: --all`];
  return [...limitNotes(entries.length, total), ...others];
}

function limitNotes(shown: number, total: number): readonly string[] {
  return shown < total ? [`${shown} of ${total}: --limit 0 lists all`] : [];
}
