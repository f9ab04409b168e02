/** What `verify` and registration found. A finding is an answer, not a fault. */

/** How bad a finding is: `corrupt` exits 5, `repairable` 1, `notice` 0 (format §6.4, §9). */
export type Severity = 'corrupt' | 'repairable' | 'notice';

/** One thing that is not as it should be. */
export interface Finding {
  /** A closed code, e.g. `view-missing`; the list is in docs/errors.md. */
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What it is about: a ref, a SHA, `MODEL event 12`, `SHA path`. */
  readonly subject: string;
  readonly message: string;
}

/** Every finding: its severity, and one sentence for `docs/errors.md`. */
export const FINDING_CODES = {
  'entry-commit-differs': ['corrupt', 'The entry commit is not the one that its manifest recomputes to (format §4.4).'],
  'entry-tree-differs': [
    'corrupt',
    'The entry tree is not manifest.json, bundle/ and pointers as the manifest says (format §4.2).',
  ],
  'entry-identity-differs': ['corrupt', 'The canonical SHA does not recompute from the manifest (format §3).'],
  'entry-file-differs': ['corrupt', 'A stored file has other bytes than the manifest says.'],
  'entry-pointer-differs': ['corrupt', 'A DVC pointer is not the one that the manifest gives (format §4.3).'],
  'entry-manifest-invalid': ['corrupt', 'manifest.json is not canonical or does not fit its schema (format §4.1).'],
  'entry-missing': ['corrupt', 'An object of the entry is missing.'],
  'event-not-canonical': ['corrupt', 'The JSON of an event is not canonical (format §6.2).'],
  'event-broken-chain': ['corrupt', '`seq` or `prev` does not follow the event before (format §6.2).'],
  'event-duplicate-id': ['corrupt', 'The id of an event occurs twice (format §6.2).'],
  'event-wrong-model': ['corrupt', '`model` does not encode to the ref (format §6.2).'],
  'event-not-create': ['corrupt', 'The first event is not `create`, or another one is (format §6.2).'],
  'event-wrong-parents': ['corrupt', 'The parents of an event commit are not as format §6.1 says.'],
  'event-wrong-time': ['corrupt', 'The time of an event commit is not that of its event (format §6.1).'],
  'event-wrong-evidence': [
    'corrupt',
    'The tree of an event commit is not the evidence that the event names (format §6.1).',
  ],
  'event-wrong-entry': ['corrupt', 'The second parent of an event is not the entry that it names (format §6.2).'],
  'event-invalid': ['corrupt', 'An event does not fit its schema (format §6.2).'],
  'event-author-differs': ['notice', 'The author of an event commit is not the `by` of its event.'],
  'event-without-effect': ['notice', 'An event had no effect: its precondition was false (format §6.3).'],
  'event-unknown': ['notice', 'An event has a kind or version that this program does not know.'],
  'stage-not-justified': [
    'repairable',
    'A move does not hold by the registry.yaml that it carries: nothing is damaged, but somebody has to look, and to move the entry again or back.',
  ],
  'stage-unjudged': ['notice', 'A part of what justified a move could not be judged here.'],
  'log-incomplete': ['repairable', 'The log is cut by a shallow or partial clone.'],
  'view-missing': ['repairable', 'A ref that the log gives is missing (format §6.4).'],
  'view-stale': ['repairable', 'A stage or pending ref is behind its log (format §6.4).'],
  'view-unknown': ['repairable', 'A ref under refs/registry/ that no log gives.'],
  'view-tampered': ['corrupt', 'A sha, semver or tombstone ref has another target than its log gives (format §6.4).'],
  'ref-odd': ['notice', 'A ref under refs/registry/ that is not of format §5.'],
  'parent-unregistered': ['repairable', 'A parent or an input of an entry is registered in no log here.'],
  'weights-missing': ['repairable', 'The bytes of a weights file are not in the cache.'],
  'weights-corrupt': [
    'repairable',
    'Bytes in the cache are not the bytes that were registered; `repair` moves them to quarantine.',
  ],
  'gc-risk': ['notice', 'No pointer of the work tree names the weights of an entry, so `dvc gc` takes their DVC name.'],
  'weights-name-missing': ['repairable', 'The cache holds the bytes under one of its two names only.'],
  'safetensors-invalid': ['notice', 'A safetensors file has a broken header.'],
  'shard-missing': ['notice', 'A sharded index names a shard that the bundle lacks.'],
  'shard-orphaned': ['notice', 'A shard of the bundle is in no index.'],
  'tensor-missing': ['notice', 'A sharded index names a tensor that its shard lacks.'],
  'tensor-orphaned': ['notice', 'A shard holds a tensor that its index does not name.'],
  'index-invalid': ['notice', 'A sharded index is not one.'],
  'tokenizer-differs': [
    'notice',
    "The tokenizer_sha of the train manifest is not the SHA-256 of the bundle's tokenizer.",
  ],
  'secret-suspected': ['notice', 'A file that is kept in git holds what looks like a credential.'],
  'format-mismatch': ['notice', 'A weights file is not what its name says.'],
  'weights-raw': ['repairable', 'Weights would become a git object, which stays in the history for ever.'],
  'header-broken': ['repairable', 'A safetensors file that would be committed has a broken header.'],
  'json-broken': ['repairable', 'A JSON file of a bundle breaks the rules of format §2.'],
  'bundle-broken': ['repairable', 'A file of a bundle does not fit its schema (format §3, §4.1).'],
  'policy-broken': ['repairable', 'registry.yaml does not fit its schema.'],
  'corpus-differs': ['repairable', 'The corpus_dvc_hash of a train manifest is that of no DVC pointer beside it.'],
  'code-unknown': ['repairable', 'The code_git_sha of a train manifest is no commit of this repository.'],
  'code-elsewhere': ['notice', 'The code_git_sha of a train manifest cannot be looked up in this clone.'],
  'baseline-broken': ['repairable', 'An eval_baseline.json does not fit its schema.'],
  'eval-set-differs': ['repairable', 'The eval set is not the one that eval_baseline.json was measured on.'],
  'eval-set-missing': ['repairable', 'The eval set that eval_baseline.json names is not there.'],
  'lock-broken': ['repairable', 'registry.lock does not fit its schema.'],
  'pin-missing': ['repairable', 'registry.lock pins what the registry does not have.'],
  'pin-tombstoned': ['repairable', 'registry.lock pins an entry that has a tombstone.'],
  'pin-moved': ['repairable', 'registry.lock pins a version that names another entry here.'],
  unpublished: ['notice', 'A model has events that the remote does not have, as far as is known here.'],
} as const satisfies Record<string, readonly [Severity, string]>;

/** A finding's code. */
export type FindingCode = keyof typeof FINDING_CODES;

/** Returns a finding with the severity that its code has. */
export function finding(code: FindingCode, subject: string, message: string): Finding {
  return { code, severity: FINDING_CODES[code][0], subject, message };
}
