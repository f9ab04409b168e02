/**
 * Texts that look like credentials. What is registered is in every clone for ever, so it is said before it is published.
 * Only forms that their issuers made recognisable: a guess at entropy would cry wolf over digests.
 */

/** A credential that a text seems to hold. The credential itself is never repeated. */
export interface SuspectedSecret {
  /** What it looks like, with its article: `a GitHub token`. */
  readonly what: string;
  /** From 1. */
  readonly line: number;
}

const PATTERNS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{60}/],
  ['a GitLab token', /\bglpat-[A-Za-z0-9_-]{20}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{34}\b/],
  ['a Google API key', /\bAIza[0-9A-Za-z_-]{35}/],
  ['a Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{20}/],
  ['a secret key of an API', /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{40}/],
];

/** Returns the first of each kind. */
export function findSecrets(text: string): readonly SuspectedSecret[] {
  return PATTERNS.flatMap(([what, pattern]) => {
    const at = text.search(pattern);
    return at < 0 ? [] : [{ what, line: text.slice(0, at).split('\n').length }];
  });
}
