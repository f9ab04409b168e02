/** What a validator answers, and the way from ajv's generated functions (`compiled/`) to it. */

/** A generated function: tells whether a value fits, and says in `errors` why not. */
export interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}

/** Where and why a value does not fit its schema, as ajv says it. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Whether a value fits its schema. `pointer` is a JSON pointer (RFC 6901) into the value, empty for the value itself. */
export type Validation =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly pointer: string; readonly message: string };

/** The one answer of every value that fits. */
export const VALID: Validation = { kind: 'valid' };

/** Returns a member name as a step of a JSON pointer. */
function step(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function explain({ instancePath, keyword, message, params }: SchemaError): Validation {
  const unknown = params['additionalProperty'] ?? params['unevaluatedProperty'];
  if (typeof unknown === 'string')
    return { kind: 'invalid', pointer: instancePath + step(unknown), message: 'unknown member' };
  const name = params['propertyName'];
  if (typeof name === 'string')
    return { kind: 'invalid', pointer: instancePath + step(name), message: 'not a legal name here' };
  if (keyword === 'false schema') return { kind: 'invalid', pointer: instancePath, message: 'not a member here' };
  if (keyword === 'enum') {
    const allowed = (params['allowedValues'] as readonly unknown[]).map((value) => JSON.stringify(value)).join(', ');
    return { kind: 'invalid', pointer: instancePath, message: `expected one of ${allowed}` };
  }
  if (keyword === 'const') {
    return { kind: 'invalid', pointer: instancePath, message: `expected ${JSON.stringify(params['allowedValue'])}` };
  }
  return { kind: 'invalid', pointer: instancePath, message: message.replace(/^must /, 'expected it to ') };
}

/** Asks a generated validator. The first thing that does not fit is told. */
export function validate(validator: Validator, value: unknown): Validation {
  if (validator(value)) return VALID;
  const errors = validator.errors ?? [];
  // A name that is not legal is told twice: by its own rule, without a place, and by `propertyNames`, with it.
  const error = errors.find(({ keyword }) => keyword === 'propertyNames') ?? errors[0];
  return error === undefined
    ? { kind: 'invalid', pointer: '', message: 'expected it to fit its schema' }
    : explain(error);
}
