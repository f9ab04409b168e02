/** Takes a lock, says so, and keeps it until it is killed. Arguments: common dir, name. `exit`: ends in the middle of the work. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FileLock } from '../../../src/git/file-lock.ts';

const [, , commonDir = '', name = '', how = 'stay'] = process.argv;
await new FileLock(commonDir).hold(name, async () => {
  process.stdout.write('held\n');
  if (how === 'exit') process.exit(7);
  await sleep(600_000);
});
