/** `remote doctor`: what a remote protects. */
import { type DoctorResult, type RemoteLack, remoteDoctor } from '../../operations/remote-doctor.ts';
import { type Command, defineCommand } from '../command.ts';
import { escapeControls } from '../render/escape.ts';
import type { Style } from '../render/style.ts';
import { renderTable } from '../render/table.ts';

/** The command. */
export const remoteDoctorCommand: Command = defineCommand({
  name: 'remote doctor',
  group: 'Share',
  summary: 'Find out whether a remote stops damage, or only clones notice it',
  description:
    'Of every kind of registry ref, pushes one that no log gives and that nobody has, tries to move and to delete it, and ' +
    'removes it. An enforcing remote refuses the first already, and to delete what is written once. On a detect-only ' +
    'remote whoever may push can do damage; every clone that has pulled before notices (exit 5 of pull), and push ' +
    '--repair puts back what it knows. Exit 1 unless the remote is enforcing.',
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
      notes: result.left.map((ref) => `left there, for the remote does not let it be deleted: ${ref}`),
      exitCode: result.label === 'enforcing' ? 0 : 1,
    };
  },
});

const LACKS = {
  'unlogged-refs-refused': 'a server hook that refuses refs which no log gives',
  'moves-refused': 'a server hook that refuses to move what is written once',
  'deletes-refused': 'a server hook that refuses to delete what is written once',
  'registry-refs': 'room for refs outside branches and tags',
} as const satisfies Record<RemoteLack, string>;

const COLUMNS = [{ title: 'ref' }, { title: 'create' }, { title: 'move' }, { title: 'delete' }];

function renderDoctor({ remote, label, probes, lacks }: DoctorResult, style: Style): readonly string[] {
  const painted = label === 'enforcing' ? style.green(label) : style.yellow(label);
  const rows = probes.map((probe) => [probe.ref, probe.create, probe.move, probe.delete]);
  const said = probes.flatMap(({ message }) => message?.split('\n')[0] ?? []);
  return [
    `${remote}: ${painted}`,
    ...renderTable(COLUMNS, rows, style, Infinity).map((line) => `  ${line}`),
    ...[...new Set(said)].map((line) => `  it says: ${escapeControls(line)}`),
    ...lacks.map((lack) => `  it lacks: ${LACKS[lack]}`),
  ];
}
