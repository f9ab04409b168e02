/** `init`: makes a repository a registry. */
import { basename, dirname } from 'node:path';
import { init } from '../../operations/init.ts';
import type { Workspace } from '../../operations/workspace.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { ALLOW_SIMILAR_OPTION } from '../model-options.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';

/** The command. */
export const initCommand: Command = defineCommand({
  name: 'init',
  group: 'Start',
  summary: 'Make this repository a registry',
  description:
    'Creates the first model, makes it the default one in registry.yaml (in a bare repository: in git config), and keeps ' +
    'the refs of the registry out of the decorations of git log. Existing files and defaults stay as they are; again ' +
    'is nothing to do. git log --all, git describe --all and git push --mirror see the refs of the registry all the same.',
  positionals: [],
  options: {
    model: { kind: 'string', placeholder: 'NAME', says: 'the model; without it, the name of the folder' },
    'allow-similar': ALLOW_SIMILAR_OPTION,
    push: PUSH_OPTION,
  },
  examples: [
    { command: 'git registry init', says: 'begin, with a model named after the folder' },
    { command: 'git registry init --model grammar-tutor', says: 'begin with a model of that name' },
  ],
  output: 'init',
  async run(context, args) {
    const workspace = await context.workspace();
    const { model, allowSimilar } = args;
    const result = await init(workspace, { folder: folderName(workspace), allowSimilar, ...given({ model }) });
    const where = result.policy === 'registry.yaml' ? 'registry.yaml' : 'git config registry.model';
    return {
      json: result,
      text: (style) => [
        result.created
          ? `created model ${style.bold(result.model)}`
          : `model ${style.bold(result.model)} is there already`,
        ...(result.wrotePolicy ? ['wrote registry.yaml: commit it with your code'] : []),
        ...(result.defaultModel === result.model ? [] : [`the default model stays ${result.defaultModel} (${where})`]),
      ],
      ...(await publish(workspace, { wrote: result.created, push: args.push, models: [result.model] })),
    };
  },
});

/** A linked worktree's model is called after the repository, not after the branch that happens to be checked out there. */
function folderName({ repository: { commonDir, workTree } }: Workspace): string {
  if (basename(commonDir) === '.git') return basename(dirname(commonDir));
  return basename(workTree ?? commonDir).replace(/\.git$/, '');
}
