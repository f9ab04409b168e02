/** How large files and functions are, beside the sizes to hold (architecture §2). A guide: it is printed, not enforced. */
import type { SourceFile } from './source-file.ts';

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** A size in lines, and of what. */
interface Sized {
  readonly name: string;
  readonly lines: number;
}

function functionsOf({ path, text, nodes }: SourceFile): Sized[] {
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  return nodes
    .filter(
      ({ type, body }) => FUNCTIONS.has(type) && (body as { readonly type?: string } | null)?.type === 'BlockStatement',
    )
    .map(({ start, end }) => ({ name: `${path}:${lineOf(start)}`, lines: lineOf(end) - lineOf(start) + 1 }));
}

function summarize(what: string, sized: readonly Sized[], guide: string): string {
  const ascending = [...sized].sort((a, b) => a.lines - b.lines);
  const at = (share: number): number => ascending[Math.floor((ascending.length - 1) * share)]?.lines ?? 0;
  const longest = ascending
    .slice(-3)
    .reverse()
    .map(({ name, lines }) => `${name} ${lines}`);
  return `${sized.length} ${what}: median ${at(0.5)}, p90 ${at(0.9)}, longest ${longest.join(', ')} (guide: ${guide})`;
}

/** Returns two lines: files, functions. */
export function sizeGuide(sources: readonly SourceFile[]): string {
  const files = sources.map(({ path, lines }) => ({ name: path, lines }));
  return [
    summarize('files', files, 'median 100, p90 220, max 400'),
    summarize('functions', sources.flatMap(functionsOf), 'median 12, p90 32, max 60'),
  ].join('\n');
}
