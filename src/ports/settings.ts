/** What the user configured: git's configuration first, then registry.yaml, then defaults. */
import type { Sha256 } from '../domain/digest.ts';
import type { Actor } from '../domain/event.ts';
import type { GateRules, Policy } from '../domain/policy.ts';

/** The policy that decides moves, and where it was read. */
export interface GoverningPolicy {
  readonly policy: Policy;
  /** registry.yaml's bytes and their digest; undefined where there is none. */
  readonly file?: { readonly bytes: Uint8Array; readonly sha256: Sha256 };
  /**
   * A commit, by the name it was found under; the work tree, where no commit that counts has registry.yaml; or nothing but
   * defaults.
   */
  readonly source:
    | { readonly kind: 'commit'; readonly name: string }
    | { readonly kind: 'work-tree' }
    | { readonly kind: 'defaults' };
  /** The work tree's registry.yaml has other bytes, or is not committed. */
  readonly differs: boolean;
}

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
  /**
   * Returns the policy that decides moves: registry.yaml of the commit that `registry.policyRef` names; else of the registry
   * remote's default branch, else of HEAD; the work tree's where that commit has none. Throws `bad-policy`, `no-policy`.
   */
  governing(): Promise<GoverningPolicy>;
  /** Reads a file beside the governing registry.yaml, by its path from the top; undefined where there is none. */
  readProjectFile(path: string): Promise<Uint8Array | undefined>;
  /** Decodes registry.yaml, or a file of gates, that is at hand. Throws `bad-policy`. */
  decodePolicy(text: string): Promise<Policy>;
  decodeGates(text: string, file: string): Promise<GateRules>;
  /** Returns why a text is no registry.yaml, with line and pointer; undefined where it is one. */
  findPolicyFault(text: string): Promise<string | undefined>;
}
