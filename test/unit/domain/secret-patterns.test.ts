import { describe, expect, test } from 'vitest';
import { findSecrets } from '../../../src/domain/secret-patterns.ts';

/** Joined here, so that no scanner takes this file for a leak. */
const token = (...parts: readonly string[]): string => parts.join('');

describe('what looks like a credential', () => {
  test.each([
    [token('-----BEGIN ', 'OPENSSH PRIVATE KEY-----'), 'a private key'],
    [token('AKIA', 'IOSFODNN7EXAMPLE'), 'an AWS access key'],
    [token('ghp_', 'a1B2'.repeat(9)), 'a GitHub token'],
    [token('github_pat_', 'a1B2c'.repeat(16)), 'a GitHub token'],
    [token('glpat-', 'a1B2'.repeat(5)), 'a GitLab token'],
    [token('hf_', 'aB'.repeat(17)), 'a Hugging Face token'],
    [token('AIza', 'aB1_-'.repeat(7)), 'a Google API key'],
    [token('xoxb-', '1234567890-', 'abcdefghij'), 'a Slack token'],
    [token('sk-proj-', 'aB1_'.repeat(12)), 'a secret key of an API'],
  ])('%.12s… is found, with its line, and not repeated', (secret, what) => {
    expect(findSecrets(`{\n  "note": "x",\n  "key": "${secret}"\n}`)).toEqual([{ what, line: 3 }]);
  });

  test.each([
    'd8e8fca2dc0f896fd7cb4cb0031ba249.dir',
    'f'.repeat(64),
    '019aa3c0-0000-7000-8000-00000000000d',
    '-----BEGIN PUBLIC KEY-----',
    'hf_hub_download',
    'sk-learn==1.5.0 task-based-models-that-are-long-enough-to-be-taken-for-a-key',
    'AKIA',
  ])('%s is none', (text) => {
    expect(findSecrets(text)).toEqual([]);
  });
});
