/** `annotate`: says something about an entry or a model, beside what it is. */
import { RegistryError } from '../../domain/errors.ts';
import { type AnnotateInput, type AnnotateResult, annotate } from '../../operations/annotate.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';
import { readAssignments, readTexts } from '../read-texts.ts';
import { nameEntry } from '../render/entry-name.ts';
import { escapeControls } from '../render/escape.ts';
import { renderKeyValues } from '../render/key-values.ts';

/** The command. */
export const annotateCommand: Command = defineCommand({
  name: 'annotate',
  group: 'Register',
  summary: 'Set or remove annotations of an entry or a model',
  description:
    'Annotations are texts by key. They are no part of an identity and may change; every change is an event. Keys are ' +
    'printable ASCII without spaces. Candidates, archived and tombstoned entries can be annotated too.',
  positionals: [
    { name: 'spec', completes: 'spec', says: 'the entry; with --model, left out' },
    { name: 'assignments', placeholder: 'KEY=VALUE', variadic: true, says: 'what to set' },
  ],
  options: {
    model: { kind: 'string', placeholder: 'MODEL', completes: 'model', says: 'annotate the model itself' },
    version: {
      kind: 'string',
      placeholder: 'V',
      completes: 'version',
      conflicts: ['model'],
      says: 'the version: MODEL --version V means MODEL@V',
    },
    unset: { kind: 'list', placeholder: 'KEY', says: 'remove an annotation' },
    by: BY_OPTION,
    push: PUSH_OPTION,
  },
  examples: [
    { command: 'git registry annotate v1.0.0 reviewed=yes dataset=verbs-2026', says: 'annotate an entry' },
    { command: 'git registry annotate v1.0.0 --unset reviewed', says: 'remove an annotation' },
    { command: 'git registry annotate --model grammar-tutor owner=ada@example.org', says: 'annotate a model' },
  ],
  output: 'annotate',
  async run(context, args) {
    const { target, words } = readTarget(args);
    const set = readTexts('annotation', readAssignments(words));
    const both = args.unset.find((key) => Object.hasOwn(set, key));
    if (both !== undefined)
      throw new RegistryError('usage', `annotation ${both}: expected to set or to unset it, got both`);
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const workspace = await context.workspace();
    const result = await annotate(workspace, { target, set, unset: args.unset, ...given({ onBehalfOf }) });
    return {
      json: result,
      text: (style) => {
        const lines = Object.entries(result.annotations).map(([key, value]) => [key, escapeControls(value)] as const);
        const about = `${style.bold(result.model)}${nameOf(result)}`;
        const heading = `${result.changed ? 'annotated' : 'nothing to do:'} ${about}${lines.length === 0 ? ', no annotations' : ''}`;
        return [heading, ...renderKeyValues(lines, style).map((line) => `  ${line}`)];
      },
      ...(await publish(workspace, { wrote: result.changed, push: args.push, models: [result.model] })),
    };
  },
});

interface Words {
  readonly spec: string | undefined;
  readonly model: string | undefined;
  readonly version: string | undefined;
  readonly assignments: readonly string[];
  readonly unset: readonly string[];
}

/** With `--model` there is no SPEC: the first word is an assignment already. */
function readTarget(args: Words): { readonly target: AnnotateInput['target']; readonly words: readonly string[] } {
  const { spec, model, version, assignments } = args;
  if (model !== undefined) return { target: { kind: 'model', model }, words: [spec ?? [], assignments].flat() };
  if (spec === undefined) throw new RegistryError('usage', 'expected SPEC KEY=VALUE, or --model MODEL KEY=VALUE');
  // A range is a SPEC and may hold `=`, so only a lone `key=value` is certainly a forgotten SPEC.
  if (assignments.length + args.unset.length === 0 && spec.includes('=')) {
    throw new RegistryError('usage', `expected SPEC before ${JSON.stringify(spec)}, or --model MODEL`);
  }
  return { target: { kind: 'entry', spec: version === undefined ? spec : `${spec}@${version}` }, words: assignments };
}

function nameOf({ sha256, version }: AnnotateResult): string {
  return sha256 === null ? '' : ` ${nameEntry(version, sha256)}`;
}
