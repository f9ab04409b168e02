/** What git says when a remote cannot be used, as a fault of the closed set. */
import { type ErrorCode, RegistryError } from '../../domain/errors.ts';
import { cleanText } from '../git-failure.ts';
import type { GitEnd } from '../git-runner.ts';

/** Most telling first: an HTTP 403 is also "unable to access". Sentences are git's, curl's and ssh's under LC_ALL=C. */
const MEANINGS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/no space left on device|disk quota exceeded/i, 'no-space'],
  [
    /authentication failed|could not read (?:username|password)|permission denied|access denied|returned error: 40[13]|insufficient permission|host key verification failed/i,
    'permission',
  ],
  [
    /not appear to be a git repository|repository .* not found|not a git repository|returned error: 404/i,
    'remote-failed',
  ],
  [/does not support --atomic/i, 'remote-failed'],
  [
    /could not resolve|unable to access|unable to connect|connection (?:refused|reset|timed out|closed)|early eof|hung up unexpectedly|unexpected disconnect|rpc failed|timed out|broken pipe|network is unreachable|ssh: connect|returned error: (?:429|5\d\d)/i,
    'remote-unreachable',
  ],
  [/could not read from remote repository/i, 'remote-failed'],
];

const HINTS: Partial<Record<ErrorCode, string>> = {
  permission: 'check the credentials: git ls-remote',
  'remote-failed': 'git remote -v',
  'remote-unreachable': 'run the command again later',
};

/** Returns the fault. `label` names the remote. Data: `{remote, exitCode, stderr}`. */
export function remoteFault(label: string, { exitCode, stderr }: GitEnd): RegistryError {
  const text = withoutCredentials(cleanText(stderr));
  const code = MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? 'remote-failed';
  const lines = text.split('\n').filter((line) => line !== '');
  const at = Math.max(
    lines.findIndex((line) => /^(?:fatal|error): /.test(line)),
    0,
  );
  const [said = 'no reason given', next = ''] = lines.slice(at);
  // Git puts what it found on a line of its own.
  const telling = said.endsWith(':') ? `${said} ${next.trim()}` : said;
  const hint = HINTS[code];
  return new RegistryError(code, `remote ${label}: ${telling.replace(/^(?:fatal|error): /, '')}`, {
    ...(hint === undefined ? {} : { hint }),
    data: { remote: label, exitCode, stderr: text },
  });
}

/** Takes the user part out of URLs: it may be a token. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/gi, '$1');
}
