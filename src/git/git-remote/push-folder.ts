/**
 * Where `git push` runs: a bare folder that has the repository's objects and, as its only refs, what is pushed and what the
 * remote must hold before. So one pattern names all refs, and one bare `--force-with-lease` leases them. Named one by one,
 * git compares each refspec and each lease with every ref of either side: 500 of them against 10,000 take 11 s of processor time (git 2.39).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../domain/digest.ts';
import type { HeldCommits } from '../../ports/git-remote.ts';
import { bytesOf, type ConfigItem } from '../config-text.ts';
import type { GitRunner } from '../git-runner.ts';
import { LEASED_REFSPEC, leasedNameOf, pushedNameOf, UNBORN_HEAD } from '../ref-names.ts';
import { writeFolderConfig } from './folder-config.ts';
import {
  copyShallow,
  folderRunner,
  makeIncomingFolder,
  type RealRepository,
  writeGrafts,
  writePackedRefs,
} from './incoming-folder.ts';

/** A ref that is moved, by its name; `old` null: it must not be there; `next` null: it goes. */
export interface NamedUpdate {
  readonly ref: string;
  readonly old: ObjectId | null;
  readonly next: ObjectId | null;
}

/** The folder, the git that runs in it, and what the remote is called there. */
export interface PushFolder {
  readonly git: GitRunner;
  readonly remote: string;
  remove(): void;
}

/** Makes it. Throws `permission`, `no-space`, `io`. */
export async function makePushFolder(
  real: RealRepository,
  destination: readonly RemoteSetting[],
  updates: readonly NamedUpdate[],
  held: HeldCommits,
): Promise<PushFolder> {
  const { repository } = real;
  // Git reads extensions from no included file.
  const promisor = await real.config.find('extensions.partialclone');
  const { id, path, remove } = await makeIncomingFolder(repository, async (folder, token) => {
    mkdirSync(join(folder, 'refs'));
    writeFileSync(join(folder, 'HEAD'), UNBORN_HEAD);
    const items: readonly ConfigItem[] = [
      ...(promisor === undefined ? [] : [['extensions.partialClone', bytesOf(promisor)] as const]),
      ...HABITS,
      ...[...destination, LEASES].map(
        ([variable, value]) => [`remote.${remoteName(token)}.${variable}`, value] as const,
      ),
    ];
    const { objectFormat } = repository;
    await writeFolderConfig(real, { path: folder, git: runnerIn(real, folder), objectFormat, items });
    writePackedRefs(folder, updates.flatMap(folderRefs));
    copyShallow(repository, folder);
    await writeGrafts(real, folder, held);
  });
  return { git: runnerIn(real, path), remote: remoteName(id), remove };
}

const HABITS: readonly ConfigItem[] = [
  // Of the folder's refs the objects of the repository look like rubbish, and git may fetch what a partial clone lacks.
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  // Git writes down what a push has moved: of use to nobody here.
  ['core.fsync', '-reference'],
  ['core.logAllRefUpdates', 'false'],
];

/** A variable of `remote.<name>`, and what it says: bytes, one per character. */
export type RemoteSetting = readonly [variable: string, value: string];

const LEASES: RemoteSetting = ['fetch', LEASED_REFSPEC];

/** A name that no remote of the user has: what is said of that one is not mixed into this one's. */
function remoteName(id: string): string {
  return `registry-${id}`;
}

function folderRefs({ ref, old, next }: NamedUpdate): readonly { readonly id: ObjectId; readonly name: string }[] {
  return [
    ...(next === null ? [] : [{ id: next, name: pushedNameOf(ref) }]),
    ...(old === null ? [] : [{ id: old, name: leasedNameOf(ref) }]),
  ];
}

/** Its alternates are those of the repository's objects. */
function runnerIn({ repository, environment }: RealRepository, folder: string): GitRunner {
  return folderRunner(repository, environment, folder, { GIT_OBJECT_DIRECTORY: repository.objectDir });
}
