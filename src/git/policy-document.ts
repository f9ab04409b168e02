/** A YAML text that holds policy: read once, with what it takes to say file, line and JSON pointer of what is wrong. */
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { isDecimal } from '../domain/decimal.ts';
import { RegistryError } from '../domain/errors.ts';

/** Values as YAML gives them. */
export type Values = Readonly<Record<string, unknown>>;

/** A parsed file. */
export interface PolicyDocument {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  /** As the schema judges it. */
  readonly values: Values;
}

/** Parses. Undefined where the text says nothing. Throws `bad-policy`; data `{file, line, pointer}`. */
export function parsePolicyDocument(text: string, file: string): PolicyDocument | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const source = { file, document, lines, values: {} };
  const [error] = document.errors;
  if (error !== undefined) throw policyFault(source, [], error.message.split('\n', 1)[0] ?? '', error.pos[0]);
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return undefined;
  if (!isMap(contents)) throw policyFault(source, [], 'expected keys with values');
  return { ...source, values: toValues(source) };
}

/**
 * Returns the values with every number as decimal text, as it is spelled where JSON allows that spelling: thresholds are
 * compared as exact decimals (format §2.3).
 */
export function exactValues(source: PolicyDocument): Values {
  const exact = source.document.clone() as Document;
  visit(exact, {
    Scalar: (key, node) => {
      if (key !== 'key' && typeof node.value === 'number') node.value = decimalText(node.value, node.source);
    },
  });
  return exact.toJS() as Values;
}

function decimalText(value: number, spelled: string | undefined): string {
  return spelled !== undefined && isDecimal(spelled) ? spelled : String(value);
}

/** Returns the error for what stands at a path. */
export function policyFault(
  source: Pick<PolicyDocument, 'file' | 'document' | 'lines'>,
  path: readonly (string | number)[],
  message: string,
  offset?: number,
): RegistryError {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const { line } = source.lines.linePos(offset ?? offsetOf(source.document, path));
  const where = `${source.file}:${line}${pointer === '' ? '' : ` ${pointer}`}`;
  return new RegistryError('bad-policy', `${where}: ${message}`, { data: { file: source.file, line, pointer } });
}

/** Returns the path that a JSON pointer names (RFC 6901); digits are an index. */
export function pathOfPointer(pointer: string): readonly (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function toValues(source: Pick<PolicyDocument, 'file' | 'document' | 'lines'>): Values {
  try {
    return source.document.toJS() as Values;
  } catch (cause) {
    // Aliases that expand without end.
    throw policyFault(source, [], (cause as Error).message);
  }
}

/** Where the last step is a key whose value is missing, the nearest that is there. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  const parent = document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(path.at(-1)))
    : undefined;
  const node = document.getIn(path, true);
  const found = isNode(node) ? node : isNode(pair?.key) ? pair.key : parent;
  return (isNode(found) ? found.range?.[0] : undefined) ?? 0;
}
