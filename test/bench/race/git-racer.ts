/** Races with plain git: the least that publishes an entry and an event of one log, for the same refs. */
import { createHash } from 'node:crypto';
import { gitText } from '../git-text.ts';
import { RACED_MODEL, type RaceField, type Racer, runBeside } from './field.ts';

const LOG = `refs/registry/log/${RACED_MODEL}`;

/** `$1` is the entry, `$2` its ref, `$3` a tree. Nothing is verified, and nothing of the losers is kept. */
const SCRIPT = `
while :; do
  git fetch --quiet origin '+refs/registry/log/*:refs/remotes/log/*' || exit 1
  tip=$(git rev-parse --verify --quiet refs/remotes/log/${RACED_MODEL})
  event=$(git commit-tree -m event \${tip:+-p "$tip"} -p "$1" "$3") || exit 1
  git push --quiet --atomic "--force-with-lease=${LOG}:$tip" origin "$event:${LOG}" "$1:$2" 2> /dev/null && exit 0
done
`;

/** Makes an entry as one commit, then fetches, commits the event and pushes until that lands. */
export function gitRacer({ clones }: RaceField, index: number): Racer {
  const cwd = clones[index] ?? '';
  const tree = gitText(cwd, ['mktree']);
  let entry = { id: '', ref: '' };
  return {
    prepare: async (round) => {
      const id = gitText(cwd, ['commit-tree', '-m', `entry ${index} ${round}`, tree]);
      entry = { id, ref: `refs/registry/sha/${createHash('sha256').update(id).digest('hex')}` };
    },
    push: async () => {
      const { status, stderr } = await runBeside(['sh', '-c', SCRIPT, 'sh', entry.id, entry.ref, tree], cwd);
      if (status !== 0) throw new Error(`a racing script exited with ${status}: ${stderr}`);
    },
    finish: async () => undefined,
  };
}
