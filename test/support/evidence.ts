/** Events whose commits hold files of evidence (format §6.1), appended to a real registry. */
import { createHash } from 'node:crypto';
import type { ObjectId, Sha256 } from '../../src/domain/digest.ts';
import type { EventBody } from '../../src/domain/event.ts';
import type { ModelName } from '../../src/domain/model-name.ts';
import { appendEvents } from '../../src/operations/append-events.ts';
import type { Workspace } from '../../src/operations/workspace.ts';
import type { TemporaryRepository } from './temporary-repository.ts';

/** Returns the SHA-256 of a text: the name of a file of evidence. */
export function digestOf(text: string): Sha256 {
  return createHash('sha256').update(text).digest('hex') as Sha256;
}

/** Writes a tree `evidence/NAME`, one file for each text, and returns its id. Names are digests unless told. */
export function evidenceTree(
  repository: TemporaryRepository,
  texts: readonly string[],
  nameOf: (text: string) => string = digestOf,
): string {
  const lines = texts.map(
    (text) => `100644 blob ${repository.git(['hash-object', '-w', '--stdin'], text)}\t${nameOf(text)}`,
  );
  const folder = repository.git(['mktree'], `${lines.join('\n')}\n`);
  return repository.git(['mktree'], `040000 tree ${folder}\tevidence\n`);
}

/** Appends an event of model `m` that names an entry, with its files, and returns the event's id. */
export async function appendWithEvidence(
  { workspace, repository }: { readonly workspace: Workspace; readonly repository: TemporaryRepository },
  body: EventBody & { readonly sha256: Sha256 },
  texts: readonly string[],
): Promise<string> {
  const tree = evidenceTree(repository, texts) as ObjectId;
  const { log } = workspace;
  const withTree: Workspace = {
    ...workspace,
    log: {
      read: (tip, after) => log.read(tip, after),
      make: (commits, objects) =>
        log.make(
          commits.map((commit) => ({ ...commit, tree })),
          objects,
        ),
      models: () => log.models(),
      modelsContaining: (entries) => log.modelsContaining(entries),
    },
  };
  const entryCommit = repository.git(['rev-parse', `refs/registry/sha/${body.sha256}`]) as ObjectId;
  return appendEvents(withTree, 'm' as ModelName, () => ({
    kind: 'append',
    events: [{ body, entryCommit }],
    answer: ([logged]) => logged?.event.id ?? '',
  }));
}
