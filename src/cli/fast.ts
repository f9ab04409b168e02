/**
 * The short way: answers that need neither the command list nor a parser. Bundled as CommonJS without dependencies,
 * because loading the rest costs more than the answer (format of the budget: architecture §3, start-up floor).
 */
import { writeSync } from 'node:fs';
import { fastResolve } from './fast-resolve.ts';
import { VERSION_LINE } from './version.ts';

/** Runs what the short way knows and returns true, or returns false and has done nothing. */
export function run(argv: readonly string[]): boolean {
  const line = answer(argv);
  if (line === undefined) return false;
  try {
    writeSync(1, `${line}\n`);
  } catch {
    // A closed or full standard output: the long way tells them apart.
    return false;
  }
  return true;
}

function answer(argv: readonly string[]): string | undefined {
  const [verb, operand] = argv;
  if (argv.length === 1 && verb === '--version') return VERSION_LINE;
  if (argv.length !== 2 || verb !== 'resolve' || operand === undefined || operand.startsWith('-')) return undefined;
  try {
    return fastResolve(operand, process.env);
  } catch {
    return undefined;
  }
}
