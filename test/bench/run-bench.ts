/** The bench. */
import { DEEP, SMALL } from './registry/shape.ts';
import { isMissed, scoreOf } from './report-line.ts';
import { measureReads } from './sections/reads.ts';
import { measureStartUp } from './sections/start-up.ts';

export async function runBench(args: readonly string[]): Promise<void> {
  const rounds = Number(args[0] ?? 5);
  for (const s of [measureStartUp([SMALL, DEEP], rounds), measureReads(SMALL, rounds), measureReads(DEEP, rounds)])
    for (const l of s.lines) console.log(l.what, '|', l.size, l.value.toFixed(1), l.unit, l.floor?.what, l.floor?.value.toFixed(1), scoreOf(l).toFixed(2), l.target, isMissed(l) ? 'MISSED' : '');
}
