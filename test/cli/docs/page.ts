/** An executed page: Markdown whose `console` blocks are run. docs/commands/README.md tells contributors of the format. */

/** A command as typed, and what the page says that it prints and how it ends. */
export interface Step {
  readonly kind: 'step';
  /** Lines as they stand, `$ ` included; several where lines end in a backslash. */
  readonly typed: readonly string[];
  /** The command for a shell. */
  readonly command: string;
  readonly output: readonly string[];
  readonly exitCode: number;
  /** Empty lines before the next command, for the eye only. */
  readonly gap: number;
}

/** A part of a page. A `setup` is a shell script that people do not see; `fresh` begins in an empty repository. */
export type Part =
  | { readonly kind: 'prose'; readonly lines: readonly string[] }
  | { readonly kind: 'setup'; readonly lines: readonly string[] }
  | { readonly kind: 'console'; readonly fence: string; readonly fresh: boolean; readonly steps: readonly Step[] };

const FENCE = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/;
const EXIT = /^\[exit (\d+)\]$/;

/** Splits a page into parts. Throws where a block does not follow the format, with file and line. */
export function readPage(text: string, name: string): readonly Part[] {
  const lines = text.split('\n');
  const parts: Part[] = [];
  let prose: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const [, indent = '', ticks = '', language = ''] = FENCE.exec(line) ?? [];
    prose.push(line);
    if (ticks === '') continue;
    const end = lines.findIndex((other, at) => at > index && isClosing(other, ticks));
    const where = `${name}:${index + 1}`;
    if (end < 0) throw new Error(`${where}: the block has no end`);
    const body = lines.slice(index + 1, end);
    const [first, kind, ...rest] = language.split(/\s+/);
    if (first === 'console') {
      if (indent !== '' || rest.length > 0)
        throw new Error(
          `${where}: expected \`\`\`console, \`\`\`console fresh or \`\`\`console setup at the line's begin`,
        );
      parts.push({ kind: 'prose', lines: prose.slice(0, -1) }, readBlock(kind, line, body, where), {
        kind: 'prose',
        lines: [],
      });
      prose = [];
    } else {
      prose.push(...body);
    }
    prose.push(lines[end] ?? '');
    index = end;
  }
  return [...parts, { kind: 'prose', lines: prose }];
}

function isClosing(line: string, ticks: string): boolean {
  const [, , closing = '', language = ''] = FENCE.exec(line) ?? [];
  return closing.startsWith(ticks) && language === '';
}

function readBlock(kind: string | undefined, fence: string, body: readonly string[], where: string): Part {
  if (kind === 'setup') return { kind: 'setup', lines: [fence, ...body] };
  if (kind !== undefined && kind !== 'fresh') throw new Error(`${where}: unknown kind of console block: ${kind}`);
  const steps: Step[] = [];
  for (let index = 0; index < body.length; ) {
    const length = stepLength(body, index, where);
    steps.push(readStep(body.slice(index, index + length)));
    index += length;
  }
  return { kind: 'console', fence, fresh: kind === 'fresh', steps };
}

function stepLength(body: readonly string[], start: number, where: string): number {
  if (!(body[start] ?? '').startsWith('$ '))
    throw new Error(`${where}: expected a line that begins with "$ ", got ${JSON.stringify(body[start])}`);
  const next = body.findIndex((line, index) => index > start && line.startsWith('$ '));
  return (next < 0 ? body.length : next) - start;
}

function readStep(lines: readonly string[]): Step {
  const typedLength = lines.findIndex((line) => !line.endsWith('\\')) + 1;
  const typed = lines.slice(0, typedLength);
  const rest = lines.slice(typedLength);
  const printed = trimEnd(rest);
  const exit = EXIT.exec(printed.at(-1) ?? '');
  return {
    kind: 'step',
    typed,
    command: typed.join('\n').slice(2),
    output: exit === null ? printed : printed.slice(0, -1),
    exitCode: exit === null ? 0 : Number(exit[1]),
    gap: rest.length - printed.length,
  };
}

/** Returns the lines without empty ones at the end. */
export function trimEnd(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
}

/** Returns the lines of a step as a page holds them. */
export function writeStep(step: Step): readonly string[] {
  const exit = step.exitCode === 0 ? [] : [`[exit ${step.exitCode}]`];
  return [...step.typed, ...step.output, ...exit, ...Array.from({ length: step.gap }, () => '')];
}

/** Returns the page's text. `readPage` of it gives the parts again. */
export function writePage(parts: readonly Part[]): string {
  const lines = parts.flatMap((part) =>
    part.kind === 'console' ? [part.fence, ...part.steps.flatMap(writeStep)] : part.lines,
  );
  return lines.join('\n');
}
