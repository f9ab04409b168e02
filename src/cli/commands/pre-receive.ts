/** `__pre-receive`: what a server's hook asks. Reads `OLD NEW REF` lines, as git gives them to the hook, from stdin. */
import { readFileSync } from 'node:fs';
import type { ObjectId } from '../../domain/digest.ts';
import { isObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { judgePush } from '../../operations/judge-push.ts';
import type { PushedRef } from '../../operations/pushed-ref.ts';
import { type Command, defineCommand } from '../command.ts';
import { renderPush } from '../render/push-verdict.ts';

/** The command. */
export const preReceiveCommand: Command = defineCommand({
  name: '__pre-receive',
  group: 'Shell',
  summary: 'Judge a push, for the hooks of a server',
  hidden: true,
  positionals: [],
  options: {
    push: {
      kind: 'string',
      placeholder: 'PID',
      says: 'leave single refs to the update hook of this push; without it, one bad ref refuses the push',
    },
  },
  examples: [],
  async run(context, { push }) {
    const refs = parsePush(readFileSync(0, 'latin1'));
    const workspace = await context.workspace();
    const names = await workspace.pushed();
    const verdict = await judgePush(workspace, names, refs);
    if (push !== undefined) await names.record(push, verdict.accepted);
    const ends = push === undefined && verdict.refused.length > 0;
    return {
      json: verdict,
      text: () => [],
      notes: renderPush(verdict, push === undefined ? 'push' : 'refs'),
      exitCode: ends ? 1 : 0,
    };
  },
});

/** Throws `usage` for a line that git does not write. */
function parsePush(text: string): readonly PushedRef[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [, old, next, name] = /^([0-9a-f]+) ([0-9a-f]+) (.+)$/.exec(line) ?? [];
    if (name === undefined || !isObjectId(old) || !isObjectId(next))
      throw new RegistryError('usage', 'standard input: expected OLD NEW REF, as git gives them to pre-receive');
    return { name, old: unlessZero(old), next: unlessZero(next) };
  });
}

function unlessZero(id: ObjectId): ObjectId | null {
  return /^0+$/.test(id) ? null : id;
}
