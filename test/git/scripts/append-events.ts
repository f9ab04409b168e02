/** Appends events to one log, against others who do the same. Arguments: folder, label, number, `lock` or `no-lock`. */
import type { ObjectId } from '../../../src/domain/digest.ts';
import { parseModelName } from '../../../src/domain/model-name.ts';
import { FileLock } from '../../../src/git/file-lock.ts';
import { openGitPorts } from '../../../src/git/git-ports.ts';
import { openRepository } from '../../../src/git/open-repository.ts';

const [, , folder = '', label = '', number = '0', locking = 'lock'] = process.argv;
const key = { kind: 'log', model: parseModelName('contended') } as const;
const repository = await openRepository(folder, process.env);
const { objects, refs, log, close } = openGitPorts(repository, process.env);
// The last of many waits for all others, which takes a slow machine longer than users would wait.
const lock = new FileLock(repository.commonDir, 600_000);
const tree = objects.hash('tree', new Uint8Array());
await objects.write([{ type: 'tree', id: tree, body: new Uint8Array() }]);
let retries = 0;

async function append(message: string): Promise<void> {
  for (;;) {
    const tip = await refs.find(key);
    const parents: readonly ObjectId[] = tip === undefined ? [] : [tip];
    const [id] = await log.make([{ tree, parents, by: { name: label, email: 'x@example.org' }, time: 1, message }]);
    if (id === undefined) throw new Error('no event was made');
    if ((await refs.apply([{ key, old: tip ?? null, next: id }])).kind === 'applied') return;
    retries += 1;
  }
}

for (let index = 0; index < Number(number); index += 1) {
  const message = `${label} ${index}\n`;
  if (locking === 'lock') await lock.hold('contended', () => append(message));
  else await append(message);
}
await close();
process.stdout.write(`${retries}\n`);
