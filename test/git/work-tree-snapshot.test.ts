import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openRepository } from '../../src/git/open-repository.ts';
import { repositoryRunner } from '../../src/git/repository.ts';
import { WorkTreeSnapshot } from '../../src/git/work-tree-snapshot.ts';
import { startBeside } from '../support/side-process.ts';
import { temporaryRepository } from '../support/temporary-repository.ts';

test('a file that another process makes and removes is there or not, and never a fault', async () => {
  const { folder, environment } = temporaryRepository();
  const path = join(folder, 'scratch');
  const loop = `for (;;) { fs.writeFileSync('${path}', ''); fs.rmSync('${path}'); }`;
  startBeside(loop);
  while (!existsSync(path)) await sleep(1);
  const repository = await openRepository(folder, environment);
  const snapshot = new WorkTreeSnapshot(folder, repositoryRunner(repository, environment));
  const found = new Set<unknown>();
  for (let round = 0; round < 3000; round += 1) {
    found.add((await snapshot.read('scratch', 10))?.length);
    found.add((await snapshot.readHead('scratch', 10))?.length);
    found.add((await snapshot.md5('scratch'))?.length);
  }
  for (const length of found) expect([undefined, 0, 32]).toContain(length);
});
