/** `push`: publishes the registry to a git remote. */
import { push } from '../../operations/push.ts';
import { type Command, defineCommand } from '../command.ts';
import { JOBS_OPTION, remoteAndModels } from '../common-options.ts';
import { given } from '../given.ts';
import {
  exitCodeOfIssues,
  gtoNotes,
  issueDocuments,
  issueNotes,
  layoutNotes,
  renderPush,
  weightsNotes,
} from '../render/sync.ts';
import { DRY_RUN_OPTION } from '../stage-command.ts';

/** The command. */
export const pushCommand: Command = defineCommand({
  name: 'push',
  group: 'Share',
  summary: 'Publish the registry to a git remote',
  description:
    'What others have pushed is fetched and settled first, so that two who push at once both arrive. Weights go before ' +
    'anything that names them, and are checked there. The logs go in one push, all or none, then versions and stages. The first word is a remote if one has that name or it is a URL or a ' +
    'path, else a model; without a remote it is registry.remote, or origin. Exit 3 where something of yours conflicts ' +
    'with what others did: the message names both; 75 where others kept pushing: the next push completes it.',
  positionals: [remoteAndModels('where to')],
  options: {
    weights: {
      kind: 'boolean',
      says: 'send what the remote lacks of the weights of all live entries, not new ones alone',
    },
    'no-weights': { kind: 'boolean', says: 'look at no weights: those of new entries stay where they are' },
    jobs: JOBS_OPTION,
    repair: { kind: 'boolean', says: 'put back what the remote has lost or moved against the rules, weights too' },
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry push', says: 'publish everything' },
    { command: 'git registry push origin grammar-tutor', says: 'publish one model' },
    {
      command: 'git registry push --weights',
      says: 'send weights that --no-weights left, or that their remote has lost',
    },
    { command: 'git registry push --dry-run', says: 'see what would be published' },
  ],
  output: 'push',
  async run(context, { words, weights, noWeights, jobs, repair, dryRun }) {
    const workspace = await context.workspace();
    const result = await push(workspace, { words, weights, noWeights, repair, dryRun, ...given({ jobs }) });
    const isOvertaken = result.viewsLeft && !result.issues.some(({ code }) => code === 'contended');
    const left = isOvertaken
      ? ['others pushed after you: they, or the next push, bring versions and stages up to date']
      : [];
    return {
      json: { ...result, issues: issueDocuments(result.issues) },
      text: (style) => renderPush(result, style),
      notes: [
        ...issueNotes(result.issues),
        ...gtoNotes(result),
        ...layoutNotes(result),
        ...left,
        ...weightsNotes(result),
      ],
      exitCode: exitCodeOfIssues(result.issues),
    };
  },
});
