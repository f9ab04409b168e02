/** Faults, for people and for programs. */
import { ERROR_CODES, RegistryError } from '../../domain/errors.ts';
import { PROGRAM_VERSION, REPORT_URL } from '../version.ts';
import { escapeControls } from './escape.ts';
import type { Style } from './style.ts';

/** The document that `--json` prints for a fault: `src/schema/output/error.schema.json`. */
export interface ErrorDocument {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/** Returns any thrown value as a fault. What is no `RegistryError` is a bug of ours: it keeps its stack. */
export function asRegistryError(thrown: unknown): RegistryError {
  if (thrown instanceof RegistryError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const stack = thrown instanceof Error ? (thrown.stack ?? message) : message;
  return new RegistryError('bug', message, {
    hint: `please report this: ${REPORT_URL}`,
    data: { stack, version: PROGRAM_VERSION, node: process.version },
    cause: thrown,
  });
}

/** Returns the fault as data. */
export function errorDocument(error: RegistryError): ErrorDocument {
  const { code, message, hint, data } = error;
  return { error: { code, message, ...(hint === undefined ? {} : { hint }), data } };
}

/** Returns the lines for stderr: what is wrong, the usage line of a usage error, the stack of a bug, what to do next. */
export function renderError(error: RegistryError, style: Style): readonly string[] {
  const { usage, stack } = error.data;
  const isBug = ERROR_CODES[error.code][0] === 'bug';
  return [
    `${style.bold(style.red('error:'))} ${escapeControls(isBug ? `bug in git-registry ${PROGRAM_VERSION}: ${error.message}` : error.message)}`,
    ...(typeof usage === 'string' ? [`${style.bold('usage:')} ${usage}`] : []),
    ...(isBug
      ? String(stack ?? error.stack)
          .split('\n')
          .slice(1)
      : []),
    ...(error.hint ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => `${index === 0 ? style.cyan('hint:') : '     '} ${line}`),
  ];
}
