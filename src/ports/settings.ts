/** What the user configured: git's configuration first, then registry.yaml, then defaults. */
import type { Sha256 } from '../domain/digest.ts';
import type { Actor } from '../domain/event.ts';
import type { Policy } from '../domain/policy.ts';

/** Reads configuration; each source is read once per process, when first asked. */
export interface Settings {
  /** Returns the last value of a git configuration key (lower-case, e.g. `registry.model`), all levels and the environment. */
  find(key: string): Promise<string | undefined>;
  /** Tells whether a key is on, by git's words for it; what git would not read as a boolean counts as on. */
  isOn(key: string): Promise<boolean>;
  /** Returns git's identity (committer's rules: GIT_COMMITTER_*, committer.*, user.*). Throws `no-identity` with the two config lines. */
  identity(): Promise<Actor>;
  /** Returns the names of the configured remotes. */
  remotes(): Promise<readonly string[]>;
  /** Returns registry.yaml of the work tree's top level (empty policy where there is none). Throws `bad-policy` with file, line and pointer. */
  policy(): Promise<Policy>;
  /** Returns the SHA-256 of the bytes that `policy` was read from; undefined where there are none. */
  policyDigest(): Promise<Sha256 | undefined>;
  /** Returns why a text is no registry.yaml, with line and pointer; undefined where it is one. */
  findPolicyFault(text: string): Promise<string | undefined>;
}
