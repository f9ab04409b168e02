/**
 * The short way: answers that need neither the command list nor a parser. Bundled as CommonJS without dependencies,
 * because loading the rest costs more than the answer (format of the budget: architecture §3, start-up floor).
 */
import { writeSync } from 'node:fs';
import { VERSION_LINE } from './version.ts';

/** Runs what the short way knows and resolves to true, or to false and has done nothing. Never rejects. */
export async function run(argv: readonly string[]): Promise<boolean> {
  const line = await answer(argv);
  if (line === undefined) return false;
  try {
    writeSync(1, `${line}\n`);
  } catch {
    // A closed or full standard output: the long way tells them apart.
    return false;
  }
  return true;
}

async function answer(argv: readonly string[]): Promise<string | undefined> {
  const [verb, operand] = argv;
  if (argv.length === 1 && verb === '--version') return VERSION_LINE;
  if (argv.length !== 2 || verb !== 'resolve' || operand === undefined || operand.startsWith('-')) return undefined;
  try {
    // On demand: loading what it reads with costs `--version` a quarter of its time.
    const { fastResolve } = await import('./fast-resolve.ts');
    return fastResolve(operand, process.env);
  } catch {
    return undefined;
  }
}
