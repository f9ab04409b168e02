/** `log`: the audit log. */
import { RegistryError } from '../../domain/errors.ts';
import { type IndexLine, type LogRow, log, logIndex } from '../../operations/log.ts';
import { AT_OPTION } from '../at-option.ts';
import { type Command, type CommandContext, type CommandResult, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { escapeJsonText } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import { renderLog } from '../render/log.ts';

/** The command. */
export const logCommand: Command = defineCommand({
  name: 'log',
  group: 'Trace',
  summary: 'Print the audit log of a model, or of all',
  description:
    'As text, newest first. As jsonl, the events as they are stored, oldest first: the SHA-256 of each line is prev of the ' +
    'next, so the chain can be checked without this program. As index, a line for each registration, as index.jsonl has them.',
  positionals: [
    { name: 'model', completes: 'model', says: 'the model; without it, the default one, or all where there is none' },
  ],
  options: {
    all: { kind: 'boolean', says: 'print the logs of all models' },
    format: {
      kind: 'choice',
      choices: ['text', 'json', 'jsonl', 'index'],
      default: 'text',
      says: 'how to print the events',
    },
    at: AT_OPTION,
  },
  examples: [
    { command: 'git registry log grammar-tutor', says: 'see what happened, newest first' },
    { command: 'git registry log --all --format jsonl > audit.jsonl', says: 'keep the events of all models elsewhere' },
    {
      command: 'git registry log grammar-tutor --format index > index.jsonl',
      says: 'write the index of registrations',
    },
  ],
  output: 'log',
  async run(context, { model, all, format }) {
    if (all && model !== undefined)
      throw new RegistryError('usage', '--all: expected no MODEL beside it', { data: { model } });
    const workspace = await context.workspace();
    const input = { all, ...given({ model }) };
    if (format === 'index') return answerIndex(context, await collect(logIndex(workspace, input)));
    const rows = await collect(log(workspace, input));
    const document = { kind: 'events', events: rows.map(describeRow) };
    if (format === 'jsonl')
      return answerLines(
        context,
        document,
        rows.map(({ json }) => json),
      );
    return {
      json: document,
      text: (style) => (format === 'json' ? renderJson(document).trimEnd() : renderLog(rows, style, context.width)),
    };
  },
});

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** The event as it is stored, and what the log adds: where it stands and whether it counts. */
function describeRow({ model, seq, commit, digest, json, ineffective }: LogRow): Readonly<Record<string, unknown>> {
  return { model, seq, commit, digest, ineffective, event: JSON.parse(json) as unknown };
}

function answerIndex(context: CommandContext, lines: readonly IndexLine[]): CommandResult {
  return answerLines(
    context,
    { kind: 'index', lines },
    lines.map((line) => JSON.stringify(line)),
  );
}

/** Lines that programs read byte for byte; only on a terminal, what that would obey is escaped. */
function answerLines(context: CommandContext, json: unknown, lines: readonly string[]): CommandResult {
  const finish = context.out.isTerminal ? escapeJsonText : (text: string): string => text;
  return { json, text: () => '', bytes: encodeLines(lines, finish) };
}

async function* encodeLines(lines: readonly string[], finish: (line: string) => string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const step = 1000;
  for (let start = 0; start < lines.length; start += step) {
    yield encoder.encode(
      lines
        .slice(start, start + step)
        .map((line) => `${finish(line)}\n`)
        .join(''),
    );
  }
}
