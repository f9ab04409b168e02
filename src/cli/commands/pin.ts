/** `pin`: writes down which entries the project uses. */
import { type PinResult, pin } from '../../operations/pin.ts';
import { type Command, defineCommand } from '../command.ts';
import { nameEntry } from '../render/entry-name.ts';

/** The command. */
export const pinCommand: Command = defineCommand({
  name: 'pin',
  group: 'Versions and stages',
  summary: 'Write down which entries the project uses',
  description:
    'Writes registry.lock at the top of the work tree: model, version and canonical SHA of each SPEC. Commit it with the ' +
    'code that uses them; check finds a pin that no longer holds. A model is pinned once: pinning it again moves the pin. ' +
    'Without SPEC it shows what is pinned.',
  positionals: [{ name: 'specs', placeholder: 'SPEC', variadic: true, completes: 'spec', says: 'the entries' }],
  options: {
    remove: { kind: 'list', placeholder: 'MODEL', completes: 'model', says: 'pin this model no more' },
  },
  examples: [
    { command: 'git registry pin grammar-tutor@production', says: 'pin what serves today' },
    { command: 'git registry pin tutor@v1.2.0 tokenizer@latest', says: 'pin two models' },
    { command: 'git registry pin --remove tutor', says: 'forget a pin' },
  ],
  output: 'pin',
  async run(context, { specs, remove }) {
    const result = await pin(await context.workspace(), { specs, remove });
    return { json: result, text: () => renderPins(result) };
  },
});

function renderPins({ pins, changed }: PinResult): readonly string[] {
  const rows = pins.map(({ model, version, sha256 }) => `${model}  ${nameEntry(version, sha256)}`);
  return [...(rows.length === 0 ? ['nothing is pinned'] : rows), ...(changed ? ['wrote registry.lock'] : [])];
}
