/**
 * What went wrong, as a closed set: each fault has one code, each code one kind, each kind one exit code (format §9).
 * Negative answers (a refusal, findings) are values and never pass through here.
 */

/** Kinds of fault, named after what the caller should do next. */
export type FaultKind = 'no' | 'usage' | 'conflict' | 'environment' | 'corrupt' | 'bug' | 'retry';

/** Exit code of each kind (format §9). */
export const EXIT_CODES: Readonly<Record<FaultKind, number>> = {
  no: 1,
  usage: 2,
  conflict: 3,
  environment: 4,
  corrupt: 5,
  bug: 70,
  retry: 75,
};

/** Every fault code: its kind, and one sentence for `docs/errors.md`. */
export const ERROR_CODES = {
  // 1: the answer is no
  'unknown-spec': ['no', 'Nothing in the registry has that version, stage or SHA.'],
  'unknown-model': ['no', 'No model of that name is in the registry.'],
  'unknown-event': ['no', 'No log here has that event.'],
  'unknown-file': ['no', 'The entry has no file at that path.'],
  'unknown-parent': ['no', 'A parent or an input is not registered here.'],
  tombstoned: ['no', 'The entry has a tombstone.'],
  'not-registered': ['no', 'The entry is a candidate, or not in this model.'],
  'candidate-expired': ['no', 'The candidate has expired; register it again as pending.'],
  occupied: ['no', 'The entry still occupies a slot.'],
  'no-former-occupant': ['no', 'The slot has no former occupant to go back to.'],
  'replay-input': ['no', 'A file that a verdict rests on is kept nowhere here.'],
  'stage-not-justified': [
    'no',
    'A move that was pulled does not hold by the registry.yaml that it carries; it was taken, since the log decides.',
  ],
  'not-allowed': ['no', 'registry.yaml does not let you do that.'],
  'no-version': ['no', 'The model has no version that answers.'],
  'weights-missing': ['no', 'The bytes of a weights file are not in the cache.'],
  'unlogged-view': ['no', 'The remote has a ref that no log of it gives; it was not fetched (format §7.4).'],
  // 2: usage, or a bundle or JSON that breaks format §2-3
  usage: ['usage', 'The command line is not one the command knows.'],
  'bad-spec': ['usage', 'The text is not a SPEC.'],
  'bad-model-name': ['usage', 'The text is not a legal model name (format §5.1).'],
  'bad-version': ['usage', 'The text is not a legal version (format §5.1).'],
  'bad-stage': ['usage', 'The text is not a stage of this model.'],
  'bad-digest': ['usage', 'The text is not 64 lower-case hex digits.'],
  'bad-policy': ['usage', 'registry.yaml does not fit its schema.'],
  'bad-lock': ['usage', 'registry.lock does not fit its schema.'],
  'bad-json': ['usage', 'A JSON file breaks the rules of format §2.'],
  'bad-path': ['usage', 'A path in the bundle breaks the rules of format §3.1.'],
  'bad-bundle': ['usage', 'The bundle does not fit its profile (format §3).'],
  'bad-weights': ['usage', 'A weights file is not what its name says.'],
  'bad-transition': ['usage', 'The stage move goes the wrong way for the verb.'],
  ambiguous: ['usage', 'The text names more than one thing.'],
  'no-default-model': ['usage', 'No model was named and none is the default.'],
  'not-a-file': ['usage', 'A path is no regular file or folder, or leads out by a link.'],
  'too-big': ['usage', 'A bundle breaks a size limit of format §3.'],
  destination: ['usage', 'The destination exists, or lies where nothing may be written.'],
  // 3: conflict
  'model-exists': ['conflict', 'The model exists already.'],
  'model-collides': ['conflict', 'The name is taken by a model that folds to the same, or is too like one.'],
  'version-taken': ['conflict', 'The version names another entry, for ever.'],
  'has-version': ['conflict', 'The entry is registered under another version; promote adds one.'],
  'tag-taken': ['conflict', 'The remote has a tag of that name with another target; tags are never moved.'],
  'hooks-managed': ['conflict', 'Something else looks after the git hooks here; nothing was written.'],
  diverged: ['conflict', 'Both sides have events, and ours are not all yours to replay (format §7.3).'],
  'held-back': ['conflict', 'A parent or an input is registered neither on the remote nor in this push (format §7.1).'],
  voided: [
    'conflict',
    'Events of yours no longer applied after those of others; what they said is kept (format §7.3).',
  ],
  // 4: environment
  'no-repository': ['environment', 'No git repository here.'],
  'no-identity': ['environment', 'Git does not know who you are.'],
  'git-missing': ['environment', 'The git executable was not found.'],
  'git-too-old': ['environment', 'Git is older than 2.36.'],
  'git-failed': ['environment', 'A git command failed.'],
  'signing-failed': ['environment', 'Git could not sign the event; nothing was written.'],
  'unsupported-log': ['environment', 'The log has events of a newer format; writing is refused.'],
  'incomplete-history': ['environment', 'The history is cut by a shallow or partial clone.'],
  io: ['environment', 'A file could not be read or written.'],
  'no-space': ['environment', 'The disk or quota is full.'],
  permission: ['environment', 'Permission was denied.'],
  'bad-dvc-config': ['environment', 'A DVC configuration file is not one.'],
  'changed-while-reading': ['environment', 'A file changed while it was being registered.'],
  'no-weights-remote': ['environment', 'No remote for weights is configured.'],
  'bad-weights-remote': ['environment', 'The weights remote is configured in a way that cannot be served.'],
  'weights-remote-refused': ['environment', 'The weights remote refused: credentials, permission, or no such place.'],
  'no-policy': ['environment', 'The commit that registry.policyRef names is not here.'],
  'not-published': ['environment', 'The repository has no remote to publish to.'],
  'no-remote': ['environment', 'No remote is configured, or none of that name.'],
  'remote-failed': ['environment', 'Git could not do it on the remote.'],
  'remote-refused': ['environment', 'The rules of the remote refused the push.'],
  'remote-too-large': ['environment', 'The remote offers more than the caps allow.'],
  // 5: corrupt
  'corrupt-event': ['corrupt', 'An event of the log does not hold up (format §6.2).'],
  'corrupt-entry': ['corrupt', 'An entry does not recompute (format §4.4).'],
  'corrupt-object': ['corrupt', 'A git object is missing or damaged.'],
  'corrupt-weights': ['corrupt', 'Bytes in the cache are not the bytes that were registered.'],
  'md5-collision': ['corrupt', 'Equal MD5, other SHA-256 (format §8.1).'],
  'tampered-view': ['corrupt', 'A ref has another target than its log gives (format §6.4).'],
  'remote-tampered': [
    'corrupt',
    'The remote has changed what must not change; what is known here is kept (format §7.4).',
  ],
  // 70, 75
  bug: ['bug', 'A fault in git-registry itself.'],
  locked: ['retry', 'Another process holds the lock.'],
  'remote-unreachable': ['retry', 'The remote did not answer.'],
  'weights-remote-unreachable': ['retry', 'The weights remote did not answer, or broke off.'],
  contended: ['retry', 'Others kept moving the refs; nothing was written.'],
} as const satisfies Record<string, readonly [FaultKind, string]>;

/** A fault code. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Plain data that goes with a fault and into `--json`. */
export type ErrorData = Readonly<Record<string, unknown>>;

/** Options of {@link RegistryError}: a command to run next, data, and the fault underneath. */
export interface RegistryErrorOptions {
  readonly hint?: string;
  readonly data?: ErrorData;
  readonly cause?: unknown;
}

/** A fault. The message is lower case, subject first, *expected X, got Y*; the hint is one command to run next. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly data: ErrorData;

  constructor(code: ErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.data = options.data ?? {};
  }
}

/** Returns the exit code of a fault code (format §9). */
export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[ERROR_CODES[code][0]];
}

/** Order in which several causes decide the exit code, strongest first (format §9). */
const EXIT_ORDER = [70, 5, 4, 75, 3, 2, 1, 0] as const;

/** Returns the exit code of several outcomes: 70 > 5 > 4 > 75 > 3 > 2 > 1 (format §9). */
export function strongestExitCode(codes: Iterable<number>): number {
  const seen = new Set(codes);
  return EXIT_ORDER.find((code) => seen.has(code)) ?? 0;
}

/** Marks code that no value can reach; a new union member that is not handled does not compile. */
export function unreachable(value: never): never {
  throw new RegistryError('bug', `unreachable: ${JSON.stringify(value)}`);
}
