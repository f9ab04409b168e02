/** `deployed`: reports what happened to an entry at an endpoint. */
import { DEPLOY_STATUSES } from '../../domain/deployment.ts';
import { type DeployedResult, deployed } from '../../operations/deployed.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';
import { nameEntry, shortSha } from '../render/entry-name.ts';
import { escapeControls } from '../render/escape.ts';
import type { Style } from '../render/style.ts';

/** The command. */
export const deployedCommand: Command = defineCommand({
  name: 'deployed',
  group: 'Versions and stages',
  summary: 'Report that an entry was deployed, or failed to be',
  description:
    'A stage says what is wanted, a report what happened; one does not change the other. Of each endpoint the newest report ' +
    'counts: an entry is deployed while it is so at any endpoint, else deploying, else failed. Where an entry is reported ' +
    'deployed, the one that was there before is there no more.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    endpoint: {
      kind: 'string',
      placeholder: 'URL',
      required: true,
      says: 'where: a URL or a name, without credentials',
    },
    status: { kind: 'choice', choices: DEPLOY_STATUSES, default: 'deployed', says: 'what happened' },
    by: BY_OPTION,
    push: PUSH_OPTION,
  },
  examples: [
    {
      command: 'git registry deployed grammar-tutor@production --endpoint https://tutor.example.org',
      says: 'report what serves there now',
    },
    {
      command: 'git registry deployed v1.2.0 --endpoint eu-west --status failed --push',
      says: 'report a roll-out that failed, to everybody',
    },
  ],
  output: 'deployed',
  async run(context, args) {
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const workspace = await context.workspace();
    const { spec, endpoint, status } = args;
    const result = await deployed(workspace, { spec, endpoint, status, ...given({ onBehalfOf }) });
    return {
      json: result,
      text: (style) => describe(result, style),
      ...(await publish(workspace, { wrote: result.changed, push: args.push, models: [result.model] })),
    };
  },
});

function describe(
  { model, version, sha256, endpoint, status, replaced, changed }: DeployedResult,
  style: Style,
): string {
  const name = `${style.bold(model)} ${nameEntry(version, sha256)}`;
  const instead = replaced === null || !changed ? '' : `, replaced ${shortSha(replaced)}`;
  return `${changed ? '' : 'nothing to do: '}${name} ${status} at ${escapeControls(endpoint)}${instead}`;
}
