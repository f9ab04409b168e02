/** What became of the programs that a move triggered, where that is not what was wanted. */
import { type AfterTransition, TRANSITION_SECONDS } from '../../operations/after-transition.ts';
import { escapeControls } from './escape.ts';

/** Returns a line for each that did not do its work. */
export function transitionNotes(ran: readonly AfterTransition[]): readonly string[] {
  return ran.flatMap((one) => {
    const why = explain(one);
    return why === undefined ? [] : [`${escapeControls(one.name)}: ${why}`];
  });
}

function explain({ outcome, exitCode, detail }: AfterTransition): string | undefined {
  switch (outcome) {
    case 'done':
      return undefined;
    case 'failed':
      return `exit ${exitCode}; the move stands`;
    case 'timed-out':
      return `killed after ${TRANSITION_SECONDS} s; the move stands`;
    case 'not-started':
      return `not run, ${escapeControls(detail ?? '')}; the move stands`;
    case 'not-allowed':
      return `not run; to allow what registry.yaml names: git config --local --add registry.allowExec ${detail}`;
  }
}
