/** The whole bench: what is measured, in which sizes, and where the report goes. */
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { inCheckout } from './programs.ts';
import { DEEP, LARGE, SMALL, WIDE } from './registry/shape.ts';
import { renderConsole } from './report/console.ts';
import { renderPage } from './report/page.ts';
import type { ReportSection } from './report-line.ts';
import { measureChecks } from './sections/checks.ts';
import { measureManifests } from './sections/manifests.ts';
import { measurePeek } from './sections/peek.ts';
import { measureReads } from './sections/reads.ts';
import { measureRegister } from './sections/register.ts';
import { measureServer } from './sections/server.ts';
import { measureStartUp } from './sections/start-up.ts';
import { measureSync } from './sections/sync.ts';
import { measureUpkeep } from './sections/upkeep.ts';
import { measureWeights } from './sections/weights.ts';

const OPTIONS = new Set(['--quick', '--peers']);

/** Runs the bench and writes docs/benchmarks.md. Throws for an unknown option, and where something measured fails. */
export async function runBench(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => !OPTIONS.has(arg));
  if (unknown !== undefined) throw new Error(`expected ${[...OPTIONS].join(' or ')}, got ${unknown}`);
  const isQuick = args.includes('--quick');
  const loads = [loadNow()];
  const sections: ReportSection[] = [];
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  for await (const section of measureAll(isQuick, args.includes('--peers'))) {
    sections.push(section);
    loads.push(loadNow());
    process.stdout.write(renderConsole(section));
    // After each section: what an hour has measured is not lost with what comes last.
    writeFileSync(inCheckout('docs', 'benchmarks.md'), renderPage({ sections, loads, command }));
  }
}

/** Load average of the last minute, a core. */
function loadNow(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}

async function* measureAll(isQuick: boolean, withPeers: boolean): AsyncGenerator<ReportSection> {
  const shapes = isQuick ? [SMALL, DEEP] : [SMALL, DEEP, LARGE, WIDE];
  const rounds = isQuick ? 5 : 11;
  const slow = isQuick ? 3 : 5;
  yield measureStartUp(shapes, rounds);
  for (const shape of shapes) yield measureReads(shape, rounds);
  for (const shape of shapes) yield measureRegister(shape, rounds);
  for (const shape of shapes) yield measureManifests(shape, slow);
  yield measureWeights(isQuick ? 512 : 2048, slow);
  yield measureUpkeep();
  if (withPeers) {
    const { measurePeers } = await import('./peers/measure-peers.ts');
    yield* measurePeers(isQuick ? 512 : 2048, slow);
  }
  yield measureChecks(shapes, rounds);
  yield measureServer(slow);
  for (const shape of shapes) yield await measurePeek(shape, slow);
  if (!isQuick) yield measureSync(slow);
}
