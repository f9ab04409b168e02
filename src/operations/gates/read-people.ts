/** Who is who among approvers: addresses fold by case and by the .mailmap of the commit that governs; keys are the verifier's. */
import type { People } from '../../domain/approval.ts';
import type { Sha256 } from '../../domain/digest.ts';
import type { EffectivePolicy } from '../../domain/effective-policy.ts';
import { type Mailmap, parseMailmap, personIn } from '../../domain/mailmap.ts';
import type { ModelState } from '../../domain/state.ts';
import { decodeUtf8 } from '../../domain/utf8.ts';
import type { SignatureWorth } from '../../ports/signatures.ts';
import type { Workspace } from '../workspace.ts';

/** Whose approvals are to be judged. */
export interface PeopleQuestion {
  readonly state: ModelState;
  readonly policy: EffectivePolicy;
  readonly sha256: Sha256;
  readonly to: string;
}

/** People, and what their signatures are worth here. */
export interface KnownPeople extends People {
  /** By event, where policy asks for signatures. */
  readonly signatures: ReadonlyMap<string, SignatureWorth>;
}

const MAX_MAILMAP_BYTES = 4 * 1024 * 1024;

/** Reads what tells people apart. Signatures are judged only where the policy asks for them. */
export async function readPeople(workspace: Workspace, question: PeopleQuestion): Promise<KnownPeople> {
  const mailmap = await readMailmap(workspace);
  const signatures = await judgeSignatures(workspace, question);
  return {
    personOf: (email) => personIn(mailmap, email),
    isSigned: (event) => signatures.get(event) === 'good',
    signatures,
  };
}

/** Reads the .mailmap beside the registry.yaml that governs. */
export async function readMailmap(workspace: Workspace): Promise<Mailmap> {
  const bytes = await workspace.settings.readProjectFile('.mailmap');
  const text = bytes === undefined || bytes.length > MAX_MAILMAP_BYTES ? undefined : decodeUtf8(bytes);
  return parseMailmap(text ?? '');
}

async function judgeSignatures(
  workspace: Workspace,
  { state, policy, sha256, to }: PeopleQuestion,
): Promise<ReadonlyMap<string, SignatureWorth>> {
  const worths = new Map<string, SignatureWorth>();
  if (policy.approvals?.signed !== true) return worths;
  const signatures = await workspace.signatures();
  for (const [event, approval] of state.approvals) {
    if (approval.sha256 !== sha256 || approval.to !== to || approval.withdrawn === true) continue;
    worths.set(event, await signatures.judge(approval.given.commit, approval.given.by.email));
  }
  return worths;
}
