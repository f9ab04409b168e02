/** Runs the gates of an old move again that follow from content alone, on what is here: nothing is fetched, no command runs. */
import type { ObjectId } from '../../domain/digest.ts';
import type { EffectivePolicy } from '../../domain/effective-policy.ts';
import { ERROR_CODES, RegistryError } from '../../domain/errors.ts';
import type { GateReport } from '../../domain/gate-report.ts';
import type { EntryState, ModelState } from '../../domain/state.ts';
import { readEvidence } from '../read-evidence.ts';
import type { Workspace } from '../workspace.ts';
import { evaluateGates } from './evaluate-gates.ts';
import { findOtherVerdict } from './judge-verdicts.ts';

/** What to run again. */
export interface AgainQuestion {
  /** Before the move. */
  readonly state: ModelState;
  readonly entry: EntryState;
  readonly event: { readonly at: string; readonly to: string };
  /** Of the event's commit: its evidence. */
  readonly tree: ObjectId;
  readonly policy: EffectivePolicy;
  readonly report: GateReport;
}

/** How it came out. */
export type Again =
  | { readonly kind: 'same' }
  | { readonly kind: 'differs'; readonly message: string }
  | { readonly kind: 'unjudged'; readonly message: string };

/** Judges again. */
export async function judgeContentAgain(given: Workspace, question: AgainQuestion): Promise<Again> {
  const { state, entry, event, tree, policy, report } = question;
  const workspace: Workspace = { ...given, remotes: async () => [] };
  const readProjectFile = async (path: string): Promise<Uint8Array | undefined> => {
    const input = report.inputs.find(({ name, entry: of }) => name === path && of === undefined);
    if (input === undefined) return undefined;
    const bytes = await readEvidence(workspace, tree, input.sha256);
    if (bytes !== undefined) return bytes;
    throw new RegistryError('weights-missing', `${path}: it is not among the evidence`);
  };
  try {
    const { at, to } = event;
    const judged = await evaluateGates(workspace, {
      state,
      entry,
      to,
      at,
      policy,
      readProjectFile,
      bases: ['content'],
    });
    const message = findOtherVerdict(report.verdicts, judged.report.verdicts);
    return message === undefined ? { kind: 'same' } : { kind: 'differs', message };
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code === 'bug') throw error;
    // What a bundle itself is at fault for would have kept the move from being made.
    const kind = ERROR_CODES[error.code][0] === 'usage' ? 'differs' : 'unjudged';
    return { kind, message: `gates cannot be judged again: ${error.message}` };
  }
}
