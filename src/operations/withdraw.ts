/** Takes one's own approvals and rejections back (format §6.3): what they let through stays where it is. */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { ApprovalState, ModelState } from '../domain/state.ts';
import { appendEvents, type NewEvent } from './append-events.ts';
import { chooseModel } from './choose-model.ts';
import { findModel } from './read-model.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { MutationOptions } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to take back. */
export interface WithdrawInput extends Pick<MutationOptions, 'dryRun'> {
  /** The id of an event, or a SPEC: then everything of one's own on that entry for `to`. */
  readonly what: string;
  readonly to?: string;
  readonly model?: string;
}

/** An approval or rejection that was taken back. */
export interface WithdrawnApproval {
  readonly event: string;
  readonly kind: 'approve' | 'reject';
  readonly sha256: Sha256;
  readonly to: string;
}

/** What was taken back. */
export interface WithdrawResult {
  readonly model: ModelName;
  readonly withdrawn: readonly WithdrawnApproval[];
  readonly changed: boolean;
  readonly dryRun: boolean;
}

const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Withdraws; nothing left to withdraw is an answer. Throws `not-allowed` for somebody else's, `unknown-spec`, `usage`. */
export async function withdraw(workspace: Workspace, input: WithdrawInput): Promise<WithdrawResult> {
  const { model, isMeant } = await readMeant(workspace, input);
  return appendEvents(workspace, model, ({ state, by }) => {
    const meant = [...state.approvals].filter(([event, approval]) => isMeant(event, approval));
    const own = meant.filter(([, { given }]) => given.by.email === by.email);
    if (own.length === 0) refuseOthers(state, meant, by.email);
    const open = own.filter(([, { withdrawn }]) => withdrawn !== true);
    const withdrawn = open.map(([event, { kind, sha256, to }]) => ({ event, kind, sha256, to }));
    const result = { model, withdrawn, changed: withdrawn.length > 0, dryRun: input.dryRun === true };
    if (!result.changed || result.dryRun) return { kind: 'answer', answer: result };
    const events = withdrawn.map(({ event }): NewEvent => ({ body: { kind: 'withdraw', event } }));
    return { kind: 'append', events, answer: () => result };
  });
}

interface Meant {
  readonly model: ModelName;
  isMeant(event: string, approval: ApprovalState): boolean;
}

async function readMeant(workspace: Workspace, { what, to, model }: WithdrawInput): Promise<Meant> {
  if (EVENT_ID.test(what)) {
    if (to !== undefined) throw new RegistryError('usage', 'withdraw EVENT: --to is for a SPEC');
    const found = await findModelOfEvent(workspace, what, model);
    return { model: found, isMeant: (event) => event === what };
  }
  if (to === undefined) throw new RegistryError('usage', 'withdraw SPEC: expected --to STAGE, or the id of an event');
  const named = await resolveSpec(workspace, what, model);
  const { sha256 } = named.entry;
  return { model: named.model, isMeant: (_event, approval) => approval.sha256 === sha256 && approval.to === to };
}

async function findModelOfEvent(workspace: Workspace, event: string, model: string | undefined): Promise<ModelName> {
  const models = model === undefined ? await workspace.log.models() : [await chooseModel(workspace, model)];
  for (const name of models) if ((await findModel(workspace, name))?.state.approvals.has(event)) return name;
  throw new RegistryError('unknown-spec', `${event}: no approval or rejection of that id here`, {
    data: { event },
    hint: 'git registry approvals',
  });
}

function refuseOthers(state: ModelState, meant: readonly (readonly [string, ApprovalState])[], email: string): void {
  const [first] = meant.filter(([, { withdrawn }]) => withdrawn !== true);
  if (first === undefined) return;
  const [event, { kind, given }] = first;
  throw new RegistryError(
    'not-allowed',
    `${kind} of ${given.by.email}: nobody else can withdraw it, and you are ${email}`,
    {
      data: { model: state.model, event, by: given.by.email },
      hint: `git registry approvals --model ${state.model}`,
    },
  );
}
