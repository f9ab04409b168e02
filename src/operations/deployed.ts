/** Reports what happened to an entry at an endpoint, apart from the stage that is wanted of it (format §6.3). */
import { type DeployStatus, findDeployment } from '../domain/deployment.ts';
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import { findSecrets } from '../domain/secret-patterns.ts';
import { highestVersion } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { appendEvents } from './append-events.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { MutationOptions } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to report. */
export interface DeployedInput extends MutationOptions {
  readonly spec: string;
  readonly model?: string;
  /** Where: a URL, or a name that means something to those who read the log. */
  readonly endpoint: string;
  readonly status: DeployStatus;
}

/** What the log says now. */
export interface DeployedResult {
  readonly model: ModelName;
  readonly sha256: Sha256;
  /** The version by which the entry was named, else its highest. */
  readonly version: Version | null;
  readonly endpoint: string;
  readonly status: DeployStatus;
  /** The entry that was deployed at the endpoint before, and is there no more. */
  readonly replaced: Sha256 | null;
  /** False where the newest report of the endpoint says so already. */
  readonly changed: boolean;
}

const LONGEST_ENDPOINT = 2000;

/** Reports, of candidates and tombstoned entries too: what happened, happened. Throws `usage`, `unknown-spec`. */
export async function deployed(workspace: Workspace, input: DeployedInput): Promise<DeployedResult> {
  const endpoint = readEndpoint(input.endpoint);
  const named = await resolveSpec(workspace, input.spec, input.model);
  const { sha256, commit } = named.entry;
  const { status } = input;
  return appendEvents<DeployedResult>(
    workspace,
    named.model,
    ({ state }) => {
      const entry = state.entries.get(sha256) ?? named.entry;
      const holder = state.endpoints.get(endpoint);
      const result = {
        model: named.model,
        sha256,
        version: named.version ?? highestVersion(entry) ?? null,
        endpoint,
        status,
        replaced: status !== 'deployed' || holder === undefined || holder === sha256 ? null : holder,
      };
      if (findDeployment(entry, endpoint)?.status === status)
        return { kind: 'answer', answer: { ...result, changed: false } };
      const body = { kind: 'deploy' as const, sha256, endpoint, status };
      return {
        kind: 'append',
        events: [{ body, entryCommit: commit }],
        answer: () => ({ ...result, changed: true }),
      };
    },
    input.onBehalfOf === undefined ? {} : { onBehalfOf: input.onBehalfOf },
  );
}

/** An event is in every clone for ever: what looks like a credential must not get into it. */
function readEndpoint(text: string): string {
  const endpoint = text.trim();
  if (endpoint === '' || endpoint.length > LONGEST_ENDPOINT || /\p{Control}/u.test(endpoint)) {
    throw new RegistryError('usage', '--endpoint: expected a URL or a name, on one line', {
      data: { option: '--endpoint' },
    });
  }
  const [secret] = findSecrets(endpoint);
  const isSecret = secret !== undefined || /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*:[^/?#@\s]*@/i.test(endpoint);
  if (!isSecret) return endpoint;
  throw new RegistryError('usage', `--endpoint: it holds ${secret?.what ?? 'a password'}; the log is for ever`, {
    data: { option: '--endpoint' },
    hint: 'give the URL without it',
  });
}
