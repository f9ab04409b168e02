/** isomorphic-git on the same registry: what the reads would cost without git and without readers of our own. */
import fs from 'node:fs';
import { join } from 'node:path';
import { inCheckout, taskArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { modelAt, SMALL, versionAt } from '../registry/shape.ts';
import type { Peer } from './peer-work.ts';

const MODEL = modelAt(0);
const VERSIONS = `refs/registry/semver/${MODEL}`;
const LAST = `${VERSIONS}/${versionAt(SMALL.entriesPerModel - 1)}`;

/** Returns isomorphic-git's reads in a registry of 1,000 versions. */
export function isomorphic(): Peer {
  const cwd = cachedRegistry(SMALL);
  const about = fs.readFileSync(inCheckout('node_modules', 'isomorphic-git', 'package.json'), 'utf8');
  const { version } = JSON.parse(about) as { readonly version: string };
  const argv = (work: string): ReturnType<typeof taskArgv> => taskArgv('isomorphic', work, cwd);
  return {
    name: 'isomorphic-git',
    version,
    work: {
      resolve: { id: 'iso resolve', typed: 'resolveRef', cwd, argv: argv('resolve'), prints: /^[0-9a-f]{40}$/m },
      list: { id: 'iso list', typed: 'listRefs', cwd, argv: argv('list'), prints: /^1000$/m },
      show: { id: 'iso show', typed: 'resolveRef, readBlob', cwd, argv: argv('show'), prints: /"lm\/1"/ },
      lineage: { id: 'iso lineage', typed: 'log', cwd, argv: argv('lineage'), prints: /^1000$/m },
    },
  };
}

/** Does one of the reads and prints what it found. */
export async function runIsomorphic(work: string, folder: string): Promise<void> {
  const { default: git } = await import('isomorphic-git');
  const place = { fs, gitdir: join(folder, '.git') };
  const print = (found: string | number): boolean => process.stdout.write(`${found}\n`);
  if (work === 'resolve') print(await git.resolveRef({ ...place, ref: LAST }));
  else if (work === 'list') print((await git.listRefs({ ...place, filepath: VERSIONS })).length);
  else if (work === 'lineage') print((await git.log({ ...place, ref: LAST, cache: {} })).length);
  else {
    const oid = await git.resolveRef({ ...place, ref: LAST });
    const { blob } = await git.readBlob({ ...place, oid, filepath: 'manifest.json' });
    print(new TextDecoder().decode(blob));
  }
}
