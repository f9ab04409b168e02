/** `remote doctor`: what a remote protects. */
import { type DoctorResult, remoteDoctor } from '../../operations/remote-doctor.ts';
import { type Command, defineCommand } from '../command.ts';
import { escapeControls } from '../render/escape.ts';
import type { Style } from '../render/style.ts';

/** The command. */
export const remoteDoctorCommand: Command = defineCommand({
  name: 'remote doctor',
  group: 'Share',
  summary: 'Find out whether a remote stops damage, or only clones notice it',
  description:
    'Pushes a ref that no log gives, tries to move and to delete it, and removes it. An enforcing remote refuses the first ' +
    'already. On a detect-only remote whoever may push can do damage; every clone that has pulled before notices (exit 5 ' +
    'of pull), and push --repair puts back what it knows. Exit 1 unless the remote is enforcing.',
  positionals: [
    { name: 'words', placeholder: 'REMOTE', variadic: true, says: 'the remote; registry.remote or origin' },
  ],
  options: {},
  examples: [{ command: 'git registry remote doctor origin', says: 'examine a remote' }],
  output: 'remote-doctor',
  async run(context, { words }) {
    const result = await remoteDoctor(await context.workspace(), { words });
    return {
      json: result,
      text: (style) => renderDoctor(result, style),
      notes: result.left === null ? [] : [`left there, for the remote does not let it be deleted: ${result.left}`],
      exitCode: result.label === 'enforcing' ? 0 : 1,
    };
  },
});

const PROBES = {
  'create-unlogged': 'a ref that no log gives',
  move: 'moving a version',
  delete: 'deleting a version',
} as const;

const LACKS = {
  'unlogged-refs-refused': 'a server hook that refuses refs which no log gives',
  'moves-refused': 'a server hook that refuses to move a version',
  'deletes-refused': 'a server hook that refuses to delete a version',
  'registry-refs': 'room for refs outside branches and tags',
} as const satisfies Record<DoctorResult['lacks'][number], string>;

function renderDoctor({ remote, label, probes, lacks }: DoctorResult, style: Style): readonly string[] {
  const painted = label === 'enforcing' ? style.green(label) : style.yellow(label);
  return [
    `${remote}: ${painted}`,
    ...probes.map(({ name, outcome, message }) => {
      const why = message === null ? '' : `: ${escapeControls(message.split('\n')[0] ?? '')}`;
      return `  ${PROBES[name]}: ${outcome}${why}`;
    }),
    ...lacks.map((lack) => `  it lacks: ${LACKS[lack]}`),
  ];
}
