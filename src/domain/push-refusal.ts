/** Why a server refuses a pushed ref, as a closed set; each rule with what its pusher can do next (format §5, §6). */

const FETCH = 'git registry pull, then push again';
const LOG_DECIDES = 'push the log of the model with it; the log decides what views there are (format §6.4)';
const VERIFY = 'git registry verify in the repository that was pushed from';

/** The rules, and the hint of each. */
export const PUSH_RULES = {
  'unknown-ref': 'the registry has the names of format §5; put anything else elsewhere',
  'local-ref': 'what a clone keeps of its remotes is its own; push the registry alone',
  'replace-ref': 'replacements would show other bytes than the ids name; leave them out of the push',
  'moved-meanwhile': FETCH,
  'write-once': 'a name is given once and for ever; give the entry another version, or a tombstone',
  'never-deleted': 'nothing published is deleted; git registry tombstone marks an entry as withdrawn',
  'log-deleted': 'a log only grows; nothing was lost, do not use git push --mirror or --prune here',
  'log-rewritten': FETCH,
  'log-unreadable': 'on the server: git registry verify',
  'log-invalid': VERIFY,
  'entry-invalid': VERIFY,
  'entry-differs': 'a SHA names one manifest everywhere; register again in a fresh clone of this server',
  'stage-not-justified': 'git registry approvals shows what is missing; registry.yaml of the server decides',
  'not-allowed': 'registry.yaml of the server says who may; ask one of them',
  'newer-format': 'the server has to have its git-registry upgraded first',
  'model-collides': 'choose another name for the model',
  'parent-unregistered': 'push the logs that register its parents and inputs, before or with this one',
  'not-in-log': LOG_DECIDES,
  'still-in-log': LOG_DECIDES,
} as const satisfies Record<string, string>;

/** A rule that a pushed ref breaks. */
export type PushRule = keyof typeof PUSH_RULES;

/** Why a ref is refused. The message is for people, and may quote what was pushed: escape it before printing. */
export interface PushRefusal {
  readonly rule: PushRule;
  readonly message: string;
}

/** Returns a refusal. */
export function refusal(rule: PushRule, message: string): PushRefusal {
  return { rule, message };
}
