/** Turns a failed git command into a fault of the closed set. Git's sentences are stable under LC_ALL=C. */
import { type ErrorCode, RegistryError } from '../domain/errors.ts';

/** How a git command ended that was expected to succeed. */
export interface GitFailure {
  /** The subcommand, e.g. `update-ref`. */
  readonly command: string;
  readonly exitCode: number;
  readonly stderr: string;
}

/** What git's sentences mean, most telling first. */
const MEANINGS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/from promisor remote/i, 'incomplete-history'],
  [/no space left on device|disk quota exceeded/i, 'no-space'],
  [/dubious ownership|cannot use bare repository/i, 'permission'],
  [/permission denied|insufficient permission|read-only file system|operation not permitted/i, 'permission'],
  [/not a git repository/i, 'no-repository'],
  [
    /is corrupt|corrupt loose object|inflate|bad object|missing (?:blob|tree|commit|object)|could not read [0-9a-f]{40}/i,
    'corrupt-object',
  ],
  [
    /failed to traverse parents|unable to read tree|nonexistent object|hash mismatch|object file .* is empty/i,
    'corrupt-object',
  ],
];

/** Git's exit code for a command line that it does not know. */
export const USAGE_EXIT = 129;

/** Replaces control characters but line feeds (a tab becomes a space), and cuts after 4,000 characters: remotes and files can put anything there. */
export function cleanText(text: string): string {
  return text
    .replace(/\t/g, ' ')
    .replace(/[\p{Cc}\u2028\u2029]/gu, (character) => (character === '\n' ? character : '\uFFFD'))
    .slice(0, 4000)
    .trim();
}

/** Returns the line of git's stderr that says what went wrong. */
function gist(stderr: string): string {
  const lines = stderr.split('\n');
  const telling =
    lines.find((line) => line.startsWith('fatal: ')) ?? lines.find((line) => line.startsWith('error: ')) ?? lines[0];
  return (telling ?? '').replace(/^(?:fatal|error): /, '') || 'no reason given';
}

/** Returns the command that answers git's own advice, if there is one. */
function hintFor(code: ErrorCode, stderr: string): string | undefined {
  if (code === 'no-repository') return 'git init';
  if (code === 'incomplete-history') return 'git registry pull --refetch';
  return /git config --global --add safe\.directory [^\n]+/.exec(stderr)?.[0];
}

/** Returns the fault: one of the known meanings, else `fallback`. Data: `{command, exitCode, stderr}`. */
export function gitFault(failure: GitFailure, fallback: ErrorCode = 'git-failed'): RegistryError {
  const stderr = cleanText(failure.stderr);
  const code = MEANINGS.find(([pattern]) => pattern.test(stderr))?.[1] ?? fallback;
  const hint = hintFor(code, stderr);
  // Git reports first what its own fetch said, which is not what the user asked for.
  const what = code === 'incomplete-history' ? 'the clone is partial and its remote does not answer' : gist(stderr);
  return new RegistryError(code, `git ${failure.command}: ${what}`, {
    ...(hint === undefined ? {} : { hint }),
    data: { command: failure.command, exitCode: failure.exitCode, stderr },
  });
}
