/** registry.yaml, as far as this version acts on it. Errors name file, line and the JSON pointer of what is wrong. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { RegistryError } from '../domain/errors.ts';
import { parseModelName } from '../domain/model-name.ts';
import { DEFAULT_POLICY, type Policy } from '../domain/policy.ts';
import { isSlotName } from '../domain/state.ts';
import { validatePolicy } from '../schema/validate-policy.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A parsed file, with what it takes to say where something stands. */
interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Returns the policy that a text states, defaults where it is silent. Throws `bad-policy`; data `{file, line, pointer}`. */
export function decodePolicy(text: string, file: string): Policy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const source = { file, document, lines };
  const [error] = document.errors;
  if (error !== undefined) throw fault(source, [], error.message.split('\n', 1)[0] ?? '', error.pos[0]);
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return DEFAULT_POLICY;
  if (!isMap(contents)) throw fault(source, [], 'expected keys with values');
  const values = toValues(source);
  const policy: Policy = {
    ...decodeModel(source, values['model']),
    stages: decodeStages(source, values['stages']),
    pendingTtl: decodeDuration(source, values['pending_ttl']),
    keyMetrics: decodeTexts(source, 'key_metrics', values['key_metrics']) ?? DEFAULT_POLICY.keyMetrics,
  };
  // What is read above is explained in its own words; the schema judges the rest.
  const checked = validatePolicy(values);
  if (checked.kind === 'valid') return { ...policy, ...weightsOf(values), ...afterTransitionOf(values) };
  throw fault(source, checked.pointer.split('/').slice(1).map(unescapeStep), checked.message);
}

/** A step of a JSON pointer (RFC 6901); digits are an index. */
function unescapeStep(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function toValues(source: Source): Readonly<Record<string, unknown>> {
  try {
    return source.document.toJS() as Record<string, unknown>;
  } catch (cause) {
    // Aliases that expand without end.
    throw fault(source, [], (cause as Error).message);
  }
}

function decodeModel(source: Source, value: unknown): Pick<Policy, 'model'> {
  if (value === undefined) return {};
  if (typeof value !== 'string') throw fault(source, ['model'], 'expected a model name');
  try {
    return { model: parseModelName(value) };
  } catch (cause) {
    throw fault(source, ['model'], (cause as Error).message);
  }
}

/** What the schema has found good. */
function weightsOf(values: Readonly<Record<string, unknown>>): Pick<Policy, 'weights'> {
  return values['weights'] === undefined ? {} : { weights: values['weights'] as NonNullable<Policy['weights']> };
}

/** What the schema has found good. */
function afterTransitionOf(values: Readonly<Record<string, unknown>>): Pick<Policy, 'afterTransition'> {
  const commands = values['after_transition'] as Policy['afterTransition'];
  return commands === undefined ? {} : { afterTransition: commands };
}

function decodeStages(source: Source, value: unknown): readonly string[] {
  const stages = decodeTexts(source, 'stages', value);
  if (stages === undefined) return DEFAULT_POLICY.stages;
  if (stages.length === 0) throw fault(source, ['stages'], 'expected at least one slot');
  const bad = stages.findIndex((stage, index) => !isSlotName(stage) || stages.indexOf(stage) !== index);
  if (bad < 0) return stages;
  throw fault(
    source,
    ['stages', bad],
    'expected a slot of lower-case letters, digits and -, once; not development, archived or rollback',
  );
}

function decodeDuration(source: Source, value: unknown): number {
  if (value === undefined) return DEFAULT_POLICY.pendingTtl;
  const [, amount, unit] = /^([1-9]\d{0,5})([smhdw])$/.exec(String(value)) ?? [];
  if (amount === undefined || unit === undefined)
    throw fault(source, ['pending_ttl'], 'expected a time such as 30m, 24h or 7d');
  return Number(amount) * (UNITS[unit] ?? 0);
}

function decodeTexts(source: Source, key: string, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw fault(source, [key], 'expected a list');
  const bad = value.findIndex((item) => typeof item !== 'string' || item === '');
  if (bad >= 0) throw fault(source, [key, bad], 'expected a text');
  return value as readonly string[];
}

function fault(source: Source, path: readonly (string | number)[], message: string, offset?: number): RegistryError {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const { line } = source.lines.linePos(offset ?? offsetOf(source.document, path));
  const where = `${source.file}:${line}${pointer === '' ? '' : ` ${pointer}`}`;
  return new RegistryError('bad-policy', `${where}: ${message}`, { data: { file: source.file, line, pointer } });
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  const node = document.getIn(path, true);
  return (isNode(node) ? node.range?.[0] : undefined) ?? 0;
}
