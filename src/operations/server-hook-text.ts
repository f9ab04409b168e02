/**
 * The programs that a server runs as hooks: POSIX sh, so that a push of branches alone starts no node. `pre-receive` judges
 * the whole push once and leaves its verdicts in files; `update`, which git runs for each ref, looks its own up.
 */

/** What the hooks start; absolute paths, for a server's PATH is not its administrator's. */
export interface ServerProgram {
  readonly node: string;
  readonly program: string;
}

/** A hook of a server. `alone`: one that refuses whole pushes, for places where there is no `update` beside it. */
export type ServerHook = 'pre-receive' | 'update' | 'alone';

/** Suffix of a hook that was there before ours; it runs first, and what it refuses is refused. */
export const BEFORE = '.before-git-registry';

/** Returns the text of a hook. */
export function serverHookText(hook: ServerHook, program: ServerProgram): string {
  if (hook === 'update') return UPDATE;
  return preReceive(program, hook === 'alone');
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Names of a registry, and replacements; in any case, for file systems that fold it. */
const REGISTRY = ['[Rr][Ee][Gg][Ii][Ss][Tt][Rr][Yy]', '[Rr][Ee][Pp][Ll][Aa][Cc][Ee]'];

function preReceive({ node, program }: ServerProgram, alone: boolean): string {
  const names = REGISTRY.map((name) => `*" refs/"${name}*`).join('|');
  const chain = [
    `before=$0${BEFORE}`,
    'if [ -x "$before" ]; then',
    `  printf '%s\\n' "$pushed" | "$before" "$@" || exit 1`,
    'fi',
  ];
  const choice = [
    '# Without update beside it, one bad ref refuses the push.',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter expansion of sh
    'if grep -q "^# git-registry server update" "${0%/*}/update" 2>/dev/null; then set -- --push "$PPID"; else set --; fi',
  ];
  return `#!/bin/sh
# git-registry server pre-receive, written by git registry hooks install --server.
pushed=$(cat) || exit 1
${(alone ? [] : chain).map((line) => `${line}\n`).join('')}case "$pushed" in
  ${names}) ;;
  *) exit 0 ;;
esac
node=${quote(node)}
program=${quote(program)}
if [ ! -x "$node" ] || [ ! -f "$program" ]; then
  echo "error: this server cannot judge a push to its registry: $node or $program is gone; nothing was taken" >&2
  echo "hint: on the server: git registry hooks install --server" >&2
  exit 1
fi
if [ -n "$GIT_NAMESPACE" ]; then
  echo "error: a registry cannot be served in a git namespace; nothing was taken" >&2
  exit 1
fi
${(alone ? ['set --'] : choice).join('\n')}
printf '%s\\n' "$pushed" | "$node" "$program" __pre-receive "$@" || {
  echo "error: the push was refused by the registry's hook on the server" >&2
  exit 1
}
`;
}

const UPDATE = `#!/bin/sh
# git-registry server update, written by git registry hooks install --server.
before=$0${BEFORE}
if [ -x "$before" ]; then
  "$before" "$@" || exit 1
fi
case "$1" in
  ${REGISTRY.map((name) => `refs/${name}*`).join('|')}) ;;
  *) exit 0 ;;
esac
old='' new='' logs='' log=''
# "^" is in no ref name; pre-receive wrote this file in this push, or refused the ref.
verdict="\${GIT_DIR:-.}/registry/verdicts/$PPID/$1^"
if [ -f "$verdict" ]; then read -r old new logs < "$verdict"; fi
if [ -n "$GIT_NAMESPACE" ] || [ "$old $new" != "$2 $3" ]; then
  # pre-receive has said why, where it ran.
  if [ ! -d "\${GIT_DIR:-.}/registry/verdicts/$PPID" ]; then
    echo "error: $1 refused: the server's hook pre-receive did not judge this push" >&2
    echo "hint: on the server: git registry hooks install --server" >&2
  fi
  exit 1
fi
set -f
set -- "$1" $logs
while [ $# -ge 4 ]; do
  log=$(git rev-parse --verify --quiet "$2")
  # Either git moves all refs at the end (--atomic), or it has moved the log already.
  if [ "\${log:-none}" != "$3" ] && [ "$log" != "$4" ]; then
    echo "error: $1 refused: $2 did not move as this push asked; nothing was lost" >&2
    echo "hint: fetch, then push the log first" >&2
    exit 1
  fi
  name=$1
  shift 4
  set -- "$name" "$@"
done
`;
