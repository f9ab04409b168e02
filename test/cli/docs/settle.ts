/** Compares a page with what really happened. */

import type { Part, Step } from './page.ts';
import type { Outcome } from './session.ts';

const WILDCARD = '…';

/** Returns the page as it should be: real output and exit codes, but the page's own line where its `…` fits the real one. */
export function settlePage(parts: readonly Part[], outcomes: ReadonlyMap<Step, Outcome>): readonly Part[] {
  return parts.map((part) =>
    part.kind === 'console' ? { ...part, steps: part.steps.map((step) => settleStep(step, outcomes.get(step))) } : part,
  );
}

function settleStep(step: Step, outcome: Outcome | undefined): Step {
  if (outcome === undefined) throw new Error(`no outcome of: ${step.command}`);
  const patterns = step.output.filter((line) => line.includes(WILDCARD));
  const output = outcome.output.map((line, index) => {
    const expected = step.output[index] ?? '';
    if (fits(expected, line)) return expected;
    return patterns.find((pattern) => fits(pattern, line)) ?? line;
  });
  return { ...step, output, exitCode: outcome.exitCode };
}

/** Tells whether the page's line stands for the real one: `…` for any characters, at least one. */
export function fits(expected: string, actual: string): boolean {
  if (!expected.includes(WILDCARD)) return expected === actual;
  const pattern = expected
    .split(WILDCARD)
    .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.+');
  return new RegExp(`^${pattern}$`, 'u').test(actual);
}
