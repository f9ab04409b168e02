/** What people are told of a settlement: both sides by name, and the command that goes on (format §7.3). */
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { AlteredEvent, Held, Replay, VoidedEvent } from '../../domain/settle/settlement.ts';
import type { RemoteTarget } from '../../ports/git-remote.ts';

/** Returns one issue for a model that is held, one for each event of ours that no longer says what it said. */
export function settleIssues(
  target: RemoteTarget,
  model: ModelName,
  settlement: Held | Replay,
): readonly RegistryError[] {
  if (settlement.kind === 'held') return [heldIssue(target, model, settlement)];
  return [
    ...settlement.voided.map((event) => voidedIssue(target, model, event)),
    ...settlement.altered.flatMap((event) => alteredIssue(target, model, event)),
  ];
}

const HELD = {
  'others-events': 'both sides have new events, and some here are not yours',
  'other-remote': 'both sides have new events; only from the registry remote are they merged',
  'unknown-events': 'both sides have new events, and some here are of a kind that this program does not know',
  'newer-format': 'its log holds events of a newer format',
} as const satisfies Record<Held['reason'], string>;

/** What was made on a remote that is not the registry's is published by who made it; from here it is only looked at. */
export function otherRemoteHint(remote: string, model: ModelName): string {
  return `what was made on ${remote} goes to the registry's remote first, from where it was made; see git registry status ${remote} ${model}`;
}

function heldIssue({ label }: RemoteTarget, model: ModelName, { reason, events, exitCode }: Held): RegistryError {
  const actors = [...new Set(events.map(({ event }) => event.by.email))];
  const by = reason === 'others-events' && actors.length > 0 ? ` (${actors.slice(0, 3).join(', ')})` : '';
  return new RegistryError(
    exitCode === 4 ? 'unsupported-log' : 'diverged',
    `${model} and ${label}: ${HELD[reason]}${by}`,
    {
      data: { model, remote: label, reason, events: events.map(({ event }) => event.id) },
      hint: heldHint(label, model, reason),
    },
  );
}

function heldHint(remote: string, model: ModelName, reason: Held['reason']): string {
  switch (reason) {
    case 'others-events':
      return `git registry sync ${model} --adopt, or git registry sync ${model} --as NAME`;
    case 'other-remote':
      return otherRemoteHint(remote, model);
    case 'unknown-events':
    case 'newer-format':
      return 'upgrade git-registry';
  }
}

function voidedIssue({ label }: RemoteTarget, model: ModelName, voided: VoidedEvent): RegistryError {
  const { source, reason, message, other } = voided;
  const { event } = source;
  const what = [event.kind, shaOf(event)?.slice(0, 12)].flatMap((word) => word ?? []).join(' ');
  const against = other?.sha256 === undefined ? '' : ` (there: ${other.sha256.slice(0, 12)})`;
  return new RegistryError('voided', `${model}: ${what} is void after what ${label} has: ${message}${against}`, {
    data: { model, remote: label, event: event.id, reason, sha256: shaOf(event) ?? null, other: other ?? null },
    hint: `git registry history ${model}`,
  });
}

function alteredIssue({ label }: RemoteTarget, model: ModelName, altered: AlteredEvent): readonly RegistryError[] {
  if (!altered.reasons.includes('version-taken')) return [];
  const { event } = altered.source;
  const sha256 = shaOf(event);
  const version = 'version' in event ? event.version : undefined;
  const other = altered.other?.sha256;
  const ours = sha256?.slice(0, 12) ?? 'our entry';
  return [
    new RegistryError(
      'version-taken',
      `${version} of ${model}: ${label} gave it to ${other?.slice(0, 12) ?? 'another entry'}; ${ours} is registered without a version`,
      {
        data: { model, version, remote: label, sha256: sha256 ?? null, holder: other ?? null, event: event.id },
        hint: `git registry promote ${model}@${ours} --bump patch`,
      },
    ),
  ];
}

function shaOf(event: object): string | undefined {
  return 'sha256' in event && typeof event.sha256 === 'string' ? event.sha256 : undefined;
}
