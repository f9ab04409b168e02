/** The decoded registry.yaml, keyed by its bytes: throw-away, so that a command does not pay for a YAML parser each time. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '../domain/policy.ts';
import { draftName } from './draft-name.ts';
import { openRegistryFolder } from './registry-folder.ts';

/** Raised when decoding changes: older caches are then ignored. */
const POLICY_VERSION = 4;

interface CachedPolicy {
  readonly key: string;
  readonly policy: Policy;
}

function keyOf(text: string): string {
  return `${POLICY_VERSION} ${createHash('sha256').update(text).digest('hex')}`;
}

/** A file a text: that of the work tree, that which governs and those that old events carry do not push each other out. */
function fileOf(text: string): string {
  return `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`;
}

/** Returns the policy that a text was decoded to before, or undefined. */
export function findCachedPolicy(commonDir: string, text: string): Policy | undefined {
  try {
    const path = join(commonDir, 'registry', 'policy', fileOf(text));
    const cached = JSON.parse(readFileSync(path, 'utf8')) as CachedPolicy;
    return cached.key === keyOf(text) ? cached.policy : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what a text was decoded to. A failure is silent: it is decoded again next time. */
export function cachePolicy(commonDir: string, text: string, policy: Policy): void {
  try {
    const path = join(openRegistryFolder(commonDir, 'policy'), fileOf(text));
    const temporary = draftName(path);
    writeFileSync(temporary, JSON.stringify({ key: keyOf(text), policy } satisfies CachedPolicy));
    renameSync(temporary, path);
  } catch {
    // Read-only, full, or another's: see above.
  }
}
