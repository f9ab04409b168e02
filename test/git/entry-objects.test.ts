import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { planEntry } from '../../src/domain/entry.ts';
import { manifestOf } from '../support/manifest-of.ts';
import { temporaryRepository } from '../support/temporary-repository.ts';
import { objectHasher } from '../support/vectors.ts';

test.each(['sha1', 'sha256'] as const)('git takes the objects of an entry as they are: %s', (objectFormat) => {
  const repository = temporaryRepository({ objectFormat });
  const parent = manifestOf({
    profile: 'files/1',
    parents: [],
    inputs: [],
    files: new Map([['a', new Uint8Array(1)]]),
  });
  const child = manifestOf({
    profile: 'files/1',
    parents: [parent.manifest.sha256],
    inputs: [],
    files: new Map(
      ['model.bin', 'a/b/c.txt', 'a-b', 'a.b', 'a/é.json', '😀', '\uff21', 'a/b.bin', 'empty'].map((path) => [
        path,
        new TextEncoder().encode(path),
      ]),
    ),
  });
  const hash = objectHasher(objectFormat);
  const first = planEntry({ manifest: parent.manifest, gitFiles: parent.stored, parentCommits: [], hash });
  const parentCommits = [{ commit: first.commit, depth: first.depth }];
  const second = planEntry({ manifest: child.manifest, gitFiles: child.stored, parentCommits, hash });
  for (const { type, id, body } of [...first.objects, ...second.objects]) {
    expect(repository.git(['hash-object', '-t', type, '-w', '--stdin'], body)).toBe(id);
  }
  repository.git(['update-ref', 'refs/heads/main', second.commit]);
  expect(repository.tryGit(['fsck', '--strict', '--full', '--no-dangling']).exitCode).toBe(0);
  expect(repository.git(['log', '--format=%H %s %ae %at %ce %ct', 'main']).split('\n')).toEqual([
    `${second.commit} registry files/1 ${child.manifest.sha256} git-registry@localhost 1000000001 git-registry@localhost 1000000001`,
    `${first.commit} registry files/1 ${parent.manifest.sha256} git-registry@localhost 1000000000 git-registry@localhost 1000000000`,
  ]);
  const listed = repository.git([
    '-c',
    'core.quotePath=false',
    'ls-tree',
    '-r',
    '--format=%(objectmode) %(path)',
    second.tree,
  ]);
  expect(listed.split('\n')).toEqual([
    '100644 bundle/a-b',
    '100644 bundle/a.b',
    '100644 bundle/a/b.bin.dvc',
    '100644 bundle/a/b/c.txt',
    '100644 bundle/a/é.json',
    '100644 bundle/empty',
    '100644 bundle/model.bin.dvc',
    '100644 bundle/\uff21',
    '100644 bundle/😀',
    '100644 manifest.json',
  ]);
  expect(second.objects.at(-1)?.id).toBe(second.commit satisfies ObjectId);
});
