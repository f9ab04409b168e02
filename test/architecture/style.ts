/** Rules on single files: what they hold, and what they and their exports are called. */
import type { SourceFile, SyntaxNode } from './source-file.ts';

/** The only file that makes ref names, and those whose texts tell people of refs. */
const REF_NAMES = new Set(['src/git/ref-names.ts', 'src/cli/man.ts', 'src/demo/main.ts', 'src/domain/finding.ts']);

/** The only file that decides how the process ends. */
const ENTRY = 'src/cli/main.ts';

const MAX_LINES = 400;

const VAGUE_FILE = /(?:^|-)(?:utils?|helpers?|common|managers?|misc|info|records?)$/;
const VAGUE_NAME = /(?:Utils?|Helpers?|Managers?|Info)$/;

const DECLARATIONS = new Set(['ExportNamedDeclaration', 'ExportDefaultDeclaration']);

/** Returns each text with `refs/` in it outside {@link REF_NAMES}. Comments may say what they like. */
export function strayRefLiterals(sources: readonly SourceFile[]): string[] {
  const textOf = ({ type, value }: SyntaxNode): unknown =>
    type === 'TemplateElement' ? (value as { readonly raw: string }).raw : type === 'Literal' && value;
  return sources
    .filter(({ path }) => !REF_NAMES.has(path))
    .flatMap(({ path, nodes }) =>
      nodes
        .map(textOf)
        .filter((text) => typeof text === 'string' && /(?:^|[^a-z])refs\//.test(text))
        .map((text) => `${path} holds ${text}`),
    );
}

/** Returns each file but the entry that ends the process or sets its exit code. */
export function strayExits(sources: readonly SourceFile[]): string[] {
  return sources
    .filter(({ path }) => path !== ENTRY)
    .flatMap(({ path, nodes }) =>
      nodes
        .filter(({ type }) => type === 'MemberExpression')
        .map(({ object, property }) => [(object as SyntaxNode)['name'], (property as SyntaxNode)['name']].join('.'))
        .filter((member) => member === 'process.exitCode' || member === 'process.exit')
        .map((member) => `${path} uses ${member}`),
    );
}

/** Returns each file of more than 400 lines. */
export function longFiles(sources: readonly SourceFile[]): string[] {
  return sources.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) => `${path} has ${lines} lines`);
}

/** Returns each file with a default export. */
export function defaultExports(sources: readonly SourceFile[]): string[] {
  const isDefault = ({ type, exported }: SyntaxNode): boolean =>
    type === 'ExportDefaultDeclaration' ||
    (type === 'ExportSpecifier' && (exported as SyntaxNode)['name'] === 'default');
  return sources.filter(({ nodes }) => nodes.some(isDefault)).map(({ path }) => `${path} has a default export`);
}

/** Yields the names that a statement exports by declaring them. */
function* declaredNames(statement: SyntaxNode): Generator<string> {
  const declaration = statement['declaration'] as SyntaxNode | null;
  const declared =
    (declaration?.['declarations'] as readonly SyntaxNode[] | undefined) ?? (declaration ? [declaration] : []);
  for (const { id } of declared) {
    const { name } = (id ?? {}) as { readonly name?: string };
    if (name !== undefined) yield name;
  }
}

function exportStatements({ body }: SourceFile): readonly SyntaxNode[] {
  return body.filter(({ type, declaration }) => DECLARATIONS.has(type) && declaration);
}

/** Returns each file or export whose name says nothing (architecture §4). */
export function vagueNames(sources: readonly SourceFile[]): string[] {
  return sources.flatMap((source) => {
    const steps = source.path.replace(/\.ts$/, '').split('/');
    const files = steps.some((step) => VAGUE_FILE.test(step)) ? [`${source.path} is named for nothing`] : [];
    const names = exportStatements(source).flatMap((statement) => [...declaredNames(statement)]);
    return [...files, ...names.filter((name) => VAGUE_NAME.test(name)).map((name) => `${source.path} exports ${name}`)];
  });
}

/** Returns each export without a docstring right before it; of an overloaded function the first one speaks for all. */
export function undocumentedExports(sources: readonly SourceFile[]): string[] {
  return sources.flatMap((source) => {
    const documented = new Set<string>();
    return exportStatements(source).flatMap((statement) => {
      const [name = 'default'] = declaredNames(statement);
      const isDocumented = source.docstringEnds.some(
        (end) => end <= statement.start && source.text.slice(end, statement.start).trim() === '',
      );
      if (isDocumented) documented.add(name);
      return documented.has(name) ? [] : [`${source.path} exports ${name} without a docstring`];
    });
  });
}
