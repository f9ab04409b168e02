/** The text of a hook: a small `sh` program that starts git-registry by absolute paths, since programs with windows have a short PATH. */
import { sha256Of } from '../domain/digest.ts';

/** Where the program is. Both paths are absolute. */
export interface HookProgram {
  readonly node: string;
  readonly program: string;
}

/** A hook that should be. */
export interface HookWish {
  /** Git's name of it, e.g. `pre-commit`. */
  readonly name: string;
  /** What git-registry is called with. */
  readonly words: readonly string[];
  /** The hook's own arguments follow the words: all, or the first. */
  readonly passArguments?: 'all' | 'first';
  /** Git writes to its input: what ran before it gets the same. */
  readonly readsInput?: true;
  /** What the hook answers where the program is gone. */
  readonly whenMissing: 'refuse' | 'pass';
}

const MARK = '# git-registry hook ';

/** Returns the name that a hook gets which was there before. */
export function beforeName(name: string): string {
  return `${name}.before-git-registry`;
}

/** Returns the program. `folder`: the hook folder, absolute. */
export function hookText(wish: HookWish, program: HookProgram, folder: string): string {
  const before = quote(`${folder}/${beforeName(wish.name)}`);
  const words = wish.words.map(quote).join(' ');
  const passed = { all: ' "$@"', first: ' "$1"', none: '' }[wish.passArguments ?? 'none'];
  const given = wish.readsInput === true;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
  const [keep, feed] = given ? ['input=$(cat)\n', 'printf \'%s\' "${input:+$input\n}" | '] : ['', ''];
  const [start, end] = given ? ['', '; exit'] : ['exec ', ''];
  const body = `# Written by \`git registry hooks install\`; \`git registry hooks uninstall\` takes it away and puts back what was before.
${keep}before=${before}
if [ -x "$before" ]; then ${feed}"$before" "$@" || exit; fi
node=${quote(program.node)}
program=${quote(program.program)}
if [ -x "$node" ] && [ -f "$program" ]; then ${feed}${start}"$node" "$program" ${words}${passed}${end}; fi
if command -v git-registry > /dev/null; then ${feed}${start}git-registry ${words}${passed}${end}; fi
echo "git-registry: not found at $program, so ${wish.name} checks nothing; install it anew, or: rm '$0'" >&2
exit ${wish.whenMissing === 'refuse' ? 1 : 0}
`;
  return signHook(body);
}

/** Returns a hook with what tells, later, that it is ours and was not changed. */
export function signHook(body: string): string {
  return `#!/bin/sh\n${MARK}${digestOf(body)}\n${body}`;
}

/** What a hook's text is: written here and left alone, written here and changed since, or somebody else's. */
export function ownershipOf(text: string): 'ours' | 'edited' | 'foreign' {
  const [, stated, body] = /^#!\/bin\/sh\n# git-registry hook ([0-9a-f]{16})\n([\s\S]*)$/.exec(text) ?? [];
  if (stated === undefined || body === undefined) return text.includes(MARK) ? 'edited' : 'foreign';
  return stated === digestOf(new TextDecoder().decode(bytesOf(body))) ? 'ours' : 'edited';
}

function digestOf(body: string): string {
  return sha256Of(body).slice(0, 16);
}

/** A hook is read with each byte a character. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Returns a word as the shell takes it literally. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
