/** The documents of `--json` in a page, checked against the schemas that the package publishes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { asksForJson, findInvocation } from '../../../src/cli/invocation.ts';
import { ROOT } from './session.ts';

const OUTPUT_SCHEMAS = join(ROOT, 'src/schema/output');
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const compiled = new Map<string, ValidateFunction>();

/** Returns the validator of `<output>.schema.json`. Throws where there is none or it is no schema. */
export function outputValidator(output: string): ValidateFunction {
  const known = compiled.get(output);
  if (known !== undefined) return known;
  const path = join(OUTPUT_SCHEMAS, `${output}.schema.json`);
  if (!existsSync(path))
    throw new Error(`src/schema/output/${output}.schema.json: expected the schema of --json, got none`);
  const validate = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
  compiled.set(output, validate);
  return validate;
}

/** Returns why the document does not fit, or undefined. */
export function explainDocument(output: string, document: unknown): string | undefined {
  const validate = outputValidator(output);
  return validate(document) ? undefined : ajv.errorsText(validate.errors, { dataVar: output });
}

/** Returns the name of the command whose JSON document a step prints, if it prints one and nothing is done with it. */
export function jsonCommandOf(command: string, names: ReadonlySet<string>): string | undefined {
  const [program = '', ...rest] = command.trim().split(/\s+/);
  const words =
    program === 'git' && rest[0] === 'registry' ? rest.slice(1) : program === 'git-registry' ? rest : undefined;
  // What stands in quotes is no operator of the shell.
  const unquoted = command.replace(/"[^"]*"|'[^']*'/g, '""');
  if (words === undefined || /[|><;&]/.test(unquoted) || !asksForJson(words)) return undefined;
  const invocation = findInvocation(words, names);
  return invocation.kind === 'command' && !invocation.help ? invocation.name : undefined;
}

/** Returns the document among the printed lines: a value that begins and ends a line; around it stand lines of stderr. */
export function findDocument(lines: readonly string[]): unknown {
  const start = lines.findIndex((line) => /^[[{]/.test(line));
  const first = lines[start];
  if (first === undefined) return undefined;
  const closing = first === '{' ? '}' : first === '[' ? ']' : first;
  const end = lines.indexOf(closing, start);
  return JSON.parse(lines.slice(start, end + 1).join('\n'));
}
