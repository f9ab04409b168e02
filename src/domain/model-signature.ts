/** Signatures: which columns a model takes and gives, and whether its callers can go on with another one. */

/** A column, tensor or parameter. */
export interface SignatureColumn {
  readonly name: string | null;
  /** As MLflow names it: `double`, `string`, `array<double>`; of a tensor with its shape, `float32[-1,784]`. */
  readonly type: string;
  readonly required: boolean;
}

/** What a model takes and gives. */
export interface ModelSignature {
  readonly inputs: readonly SignatureColumn[];
  readonly outputs: readonly SignatureColumn[];
  readonly params: readonly SignatureColumn[];
}

/**
 * Returns what keeps callers of `before` from using `after` unchanged, a sentence each: an input that they do not give, of
 * a type or shape that they do not give, or an output that they would miss. Inputs and params that are gone do no harm.
 */
export function findBreaks(before: ModelSignature, after: ModelSignature): readonly string[] {
  const given = named(before.inputs, 'input');
  const inputs = [...named(after.inputs, 'input')].flatMap(([name, column]) =>
    breakOfInput(name, given.get(name), column),
  );
  const known = named(before.params, 'param');
  const params = [...named(after.params, 'param')].flatMap(([name, column]) =>
    breakOfType(name, known.get(name), column),
  );
  const outputs = [...named(before.outputs, 'output')];
  const still = named(after.outputs, 'output');
  return [...inputs, ...params, ...outputs.flatMap(([name, column]) => breakOfOutput(name, column, still.get(name)))];
}

/** Columns without a name are told apart by their place. */
function named(columns: readonly SignatureColumn[], side: string): ReadonlyMap<string, SignatureColumn> {
  return new Map(columns.map((column, index) => [`${side} ${column.name ?? index + 1}`, column]));
}

function breakOfInput(name: string, before: SignatureColumn | undefined, after: SignatureColumn): readonly string[] {
  if (before === undefined) return after.required ? [`${name} is new and required`] : [];
  if (after.required && !before.required) return [`${name} was optional and is required`];
  return breakOfType(name, before, after);
}

function breakOfType(name: string, before: SignatureColumn | undefined, after: SignatureColumn): readonly string[] {
  if (before === undefined || admits(after.type, before.type)) return [];
  return [`${name} was ${before.type} and is ${after.type}`];
}

function breakOfOutput(name: string, before: SignatureColumn, after: SignatureColumn | undefined): readonly string[] {
  if (after === undefined) return before.required ? [`${name} is gone`] : [];
  if (before.required && !after.required) return [`${name} is no longer always there`];
  return admits(before.type, after.type) ? [] : [`${name} was ${before.type} and is ${after.type}`];
}

/** Tells whether all that is of type `narrow` is of type `wide`: a dimension of -1, or no shape, is any. */
function admits(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  const [left, right] = [tensor(wide), tensor(narrow)];
  if (left === undefined || right === undefined || left.dtype !== right.dtype) return false;
  const [sizes, others] = [left.shape, right.shape];
  if (sizes === undefined) return true;
  return sizes.length === others?.length && sizes.every((size, index) => size === '-1' || size === others[index]);
}

function tensor(type: string): { readonly dtype: string; readonly shape: readonly string[] | undefined } | undefined {
  const { dtype, shape } = /^(?<dtype>\w+)(?:\[(?<shape>[-\d,]*)\])?$/.exec(type)?.groups ?? {};
  return dtype === undefined ? undefined : { dtype, shape: shape === '' ? [] : shape?.split(',') };
}
