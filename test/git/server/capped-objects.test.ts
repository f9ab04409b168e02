/** What a pusher sends is asked for its size before it is read. */
import { expect, test } from 'vitest';
import { openGitPorts } from '../../../src/git/git-ports.ts';
import { openRepository } from '../../../src/git/open-repository.ts';
import { cappedObjects } from '../../../src/operations/capped-objects.ts';
import { temporaryRepository } from '../../support/temporary-repository.ts';

test('an object above the cap is not read, alone or among many', async () => {
  const { folder, environment, git } = temporaryRepository();
  const [small, large] = ['small', 'x'.repeat(100)].map((text) => git(['hash-object', '-w', '--stdin'], text));
  const { objects, close } = openGitPorts(await openRepository(folder, environment), environment);
  const capped = cappedObjects(objects, 10);
  const readAll = async (ids: readonly (string | undefined)[]): Promise<number> => {
    let read = 0;
    for await (const object of capped.findAll(ids.map(String))) read += object?.body.length ?? 0;
    return read;
  };
  expect((await capped.find(String(small)))?.body).toHaveLength(5);
  expect(await capped.find('0'.repeat(40))).toBeUndefined();
  await expect(capped.find(String(large))).rejects.toMatchObject({ code: 'corrupt-object', data: { bytes: 100 } });
  for (const count of [1, 100]) {
    const few = Array.from({ length: count }, () => small);
    expect(await readAll(few)).toBe(5 * count);
    await expect(readAll([...few, large])).rejects.toMatchObject({ code: 'corrupt-object' });
  }
  await close();
});
