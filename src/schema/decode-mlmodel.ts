/** The signature in an MLmodel file: which columns a model takes and gives, as MLflow's `log_model` wrote them. */
import { parse } from 'yaml';
import type { ModelSignature, SignatureColumn } from '../domain/model-signature.ts';

/** Returns the signature of an MLmodel file; undefined where it has none, or is none that this program can read. */
export function decodeModelSignature(text: string): ModelSignature | undefined {
  return readSignature(member(readYaml(text), 'signature'));
}

/** Returns the signature of a signature.json: MLflow's signature by itself, or under `signature`; undefined as above. */
export function decodeSignatureFile(text: string): ModelSignature | undefined {
  const value = readJson(text);
  return readSignature(member(value, 'signature') ?? value);
}

function readSignature(signature: unknown): ModelSignature | undefined {
  if (!isObject(signature)) return undefined;
  const [inputs, outputs, params] = ['inputs', 'outputs', 'params'].map((side) => readColumns(signature[side]));
  if (inputs === undefined || outputs === undefined || params === undefined) return undefined;
  return inputs.length + outputs.length + params.length === 0 ? undefined : { inputs, outputs, params };
}

function readYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    // A file called MLmodel need not be one: the registry keeps it either way.
    return undefined;
  }
}

/** MLflow writes each side as a JSON text inside the YAML. */
function readColumns(side: unknown): readonly SignatureColumn[] | undefined {
  if (side === undefined || side === null) return [];
  const columns = typeof side === 'string' ? readJson(side) : side;
  return Array.isArray(columns) ? columns.map(readColumn) : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readColumn(column: unknown): SignatureColumn {
  const name = member(column, 'name');
  const required = member(column, 'required') !== false && member(column, 'optional') !== true;
  return { name: typeof name === 'string' ? name : null, type: typeOf(column), required };
}

function typeOf(column: unknown): string {
  const tensor = member(column, 'tensor-spec');
  const [type, dtype, shape] = [member(column, 'type'), member(tensor, 'dtype'), member(tensor, 'shape')];
  if (typeof dtype === 'string') return Array.isArray(shape) ? `${dtype}[${shape.join(',')}]` : dtype;
  if (type === 'array') return `array<${typeOf(member(column, 'items'))}>`;
  const properties = member(column, 'properties');
  if (type === 'object' && isObject(properties)) return `object<${propertiesOf(properties).join()}>`;
  return typeof type === 'string' ? type : 'unknown';
}

function propertiesOf(properties: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(properties)
    .map(([name, property]) => `${name}${readColumn(property).required ? '' : '?'}:${typeOf(property)}`)
    .sort();
}

function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
