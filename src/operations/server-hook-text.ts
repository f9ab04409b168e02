/**
 * The programs that a server runs as hooks: POSIX sh, so that a push of branches alone starts no node. `pre-receive` judges
 * the whole push once and leaves its verdicts in files; `update`, which git runs for each ref, looks its own up.
 */
import { beforeName, type HookProgram, quote, signHook } from './hook-text.ts';

/** A hook of a server. `alone`: a pre-receive that refuses whole pushes, for places where no `update` of ours is beside it. */
export type ServerHook = 'pre-receive' | 'update' | 'alone';

/** Returns the text of a hook. */
export function serverHookText(hook: ServerHook, program: HookProgram): string {
  if (hook === 'update') return signHook(UPDATE);
  return signHook(preReceive(program, hook === 'alone'));
}

const WRITTEN = 'written by `git registry hooks install --server`';

/**
 * Names of a registry, and replacements: what follows the four letters and the slash that every name begins with. In any
 * case, for file systems that fold it.
 */
const REGISTRY = ['????/[Rr][Ee][Gg][Ii][Ss][Tt][Rr][Yy]*', '????/[Rr][Ee][Pp][Ll][Aa][Cc][Ee]*'];

/** What was there before ours runs first, with the same input. */
const CHAIN = `before=$0${beforeName('')}
if [ -x "$before" ]; then
  printf '%s\\n' "$pushed" | "$before" "$@" || exit 1
fi
`;

/** Without our update beside it, one bad ref refuses the push. */
const CHOICE = `set --
if grep -q '^# git-registry server update' "\${0%/*}/update" 2> /dev/null; then
  set -- --push "$PPID"
fi
`;

function preReceive({ node, program }: HookProgram, alone: boolean): string {
  return `# git-registry server pre-receive, ${WRITTEN}.
pushed=$(cat) || exit 1
${alone ? '' : CHAIN}case "$pushed" in
  ${REGISTRY.map((name) => `*" "${name}`).join('|')}) ;;
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
${alone ? 'set --\n' : CHOICE}printf '%s\\n' "$pushed" | "$node" "$program" __pre-receive "$@"
`;
}

const UPDATE = `# git-registry server update, ${WRITTEN}.
before=$0${beforeName('')}
if [ -x "$before" ]; then
  "$before" "$@" || exit 1
fi
case "$1" in
  ${REGISTRY.join('|')}) ;;
  *) exit 0 ;;
esac
verdicts="\${GIT_DIR:-.}/registry/verdicts/$PPID"
old='' new='' logs=''
# "^" is in no ref name; pre-receive wrote this file in this push, or refused the ref and said why.
if [ -f "$verdicts/$1^" ]; then read -r old new logs < "$verdicts/$1^"; fi
if [ -n "$GIT_NAMESPACE" ] || [ "$old $new" != "$2 $3" ]; then
  if [ ! -d "$verdicts" ]; then
    echo "error: $1 refused: the server's hook pre-receive did not judge this push" >&2
    echo "hint: on the server: git registry hooks install --server" >&2
  fi
  exit 1
fi
name=$1
set -f
set -- $logs
while [ $# -ge 3 ]; do
  log=$(git rev-parse --verify --quiet "$1")
  # Either git moves all refs at the end (--atomic), or it has moved the log already.
  if [ "\${log:-none}" != "$2" ] && [ "$log" != "$3" ]; then
    echo "error: $name refused: $1 did not move as this push asked; nothing was lost" >&2
    echo "hint: git registry pull, then push again" >&2
    exit 1
  fi
  shift 3
done
`;
