/** Source files as the architecture rules see them: parsed, since a rule over text would also judge comments and strings. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

/** A node of the syntax tree (ESTree with TypeScript). */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** A parsed source file. */
export interface SourceFile {
  /** Relative to the project, with `/`: `src/domain/event.ts`. */
  readonly path: string;
  /** The folder below `src`: `domain`. Empty for a file that lies in none. */
  readonly layer: string;
  readonly text: string;
  readonly lines: number;
  /** The statements of the file. */
  readonly body: readonly SyntaxNode[];
  /** Every node of its tree, parents first. */
  readonly nodes: readonly SyntaxNode[];
  /** Where `/** ... *\/` comments end, as offsets into the text. */
  readonly docstringEnds: readonly number[];
  /** What it imports or exports from, types included: a path relative to the project, or the name of a module. */
  readonly imports: readonly string[];
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Yields a node and all below it, parents first. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const member of Object.values(node)) {
    for (const child of Array.isArray(member) ? member : [member]) if (isNode(child)) yield* walk(child);
  }
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function importsOf(file: string, nodes: readonly SyntaxNode[]): string[] {
  const found: string[] = [];
  for (const node of nodes) {
    const source = IMPORTING.has(node.type) ? (node['source'] as { readonly value?: unknown } | null) : null;
    if (typeof source?.value !== 'string') continue;
    found.push(source.value.startsWith('.') ? path.posix.join(path.posix.dirname(file), source.value) : source.value);
  }
  return [...new Set(found)];
}

function parseFile(root: string, file: string): SourceFile {
  const text = readFileSync(path.join(root, file), 'utf8');
  const { program, comments, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const nodes = [...walk(program as unknown as SyntaxNode)];
  const steps = file.split('/');
  return {
    path: file,
    layer: steps.length > 2 ? (steps[1] ?? '') : '',
    text,
    lines: text.split('\n').length - 1,
    body: nodes[0]?.['body'] as readonly SyntaxNode[],
    nodes,
    docstringEnds: comments
      .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
      .map(({ end }) => end),
    imports: importsOf(file, nodes),
  };
}

/** Parses every TypeScript file below `src` of a project, in order of path; what is generated is left out. */
export function readSources(root: string): readonly SourceFile[] {
  const listed = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const files = listed.map((file) => path.posix.join('src', file.replaceAll(path.sep, '/')));
  return files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('src/schema/compiled/'))
    .sort()
    .map((file) => parseFile(root, file));
}
