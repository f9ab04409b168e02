/** The whole bench: what is measured, in which sizes, and where the report goes. */
import { availableParallelism, loadavg } from 'node:os';
import { FULL, QUICK, SECTIONS } from './bench-sections.ts';
import { renderConsole } from './report/console.ts';
import { circumstances, publish, renderPublished } from './report/published.ts';
import type { ReportSection } from './report-line.ts';

interface BenchRequest {
  readonly names: readonly string[];
  readonly isQuick: boolean;
}

/**
 * Measures, prints each section, and publishes what was measured in docs/benchmarks.json and .md. Throws for an unknown
 * option, and where something measured fails.
 */
export async function runBench(args: readonly string[]): Promise<void> {
  const { names, isQuick } = parseRequest(args);
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  for (const name of names) {
    const loads = [loadNow()];
    const sections: ReportSection[] = [];
    for await (const section of (await SECTIONS[name]?.(isQuick ? QUICK : FULL)) ?? []) {
      sections.push(section);
      loads.push(loadNow());
      process.stdout.write(renderConsole(section));
    }
    if (isQuick) continue;
    // After each name: what an hour has measured is not lost with what comes last.
    const measured = circumstances(command, loads);
    publish(
      name,
      sections.map((section) => ({ name, ...section, measured })),
      Object.keys(SECTIONS),
    );
  }
  if (names.length === 0) renderPublished();
}

/** `--only` takes names, none to render the page alone; else all is measured, other tools with `--peers`. */
function parseRequest(args: readonly string[]): BenchRequest {
  let only: readonly string[] | undefined;
  const switches = new Set<string>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--only') {
      index += 1;
      only = (args[index] ?? '').split(',').filter((name) => name !== '');
    } else if (arg === '--quick' || arg === '--peers') switches.add(arg);
    else throw new Error(`expected --quick, --peers or --only NAME[,NAME], got ${arg}`);
  }
  const known = Object.keys(SECTIONS);
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--only: expected names of ${known.join(', ')}, got ${unknown}`);
  const names = only ?? known.filter((name) => name !== 'peers' || switches.has('--peers'));
  return { names, isQuick: switches.has('--quick') };
}

/** Load average of the last minute, a core. */
function loadNow(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}
