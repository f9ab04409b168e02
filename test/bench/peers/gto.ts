/** GTO: versions as annotated tags. */
import { join } from 'node:path';
import { gitText } from '../git-text.ts';
import { freshRepository } from './fresh-repository.ts';
import { pythonPrograms, versionOf } from './installed-peers.ts';
import type { Peer } from './peer-work.ts';

/** Returns GTO in a repository of so many versions of one artifact. */
export function gto(versions: number): Peer {
  const program = join(pythonPrograms('dvc'), 'gto');
  const cwd = freshRepository('gto');
  gitText(cwd, ['fast-import', '--quiet'], versionTags(versions));
  gitText(cwd, ['reset', '--quiet', '--hard', 'main']);
  gitText(cwd, ['pack-refs', '--all']);
  const last = `v0.0.${versions}`;
  return {
    name: 'GTO',
    version: versionOf(program),
    work: {
      resolve: {
        id: 'gto resolve',
        typed: 'show ARTIFACT@vX.Y.Z --ref',
        cwd,
        argv: [program, 'show', `nn@${last}`, '--ref'],
        prints: new RegExp(`nn@${last}`),
      },
      list: { id: 'gto list', typed: 'show ARTIFACT', cwd, argv: [program, 'show', 'nn'], prints: /v0\.0\.1\b/ },
      register: {
        id: 'gto register',
        typed: 'register ARTIFACT',
        cwd,
        // One version a commit is GTO's rule.
        prepare: () => gitText(cwd, ['commit', '--quiet', '--allow-empty', '-m', 'trained']),
        argv: [program, 'register', 'nn'],
      },
    },
  };
}

/** A commit and an annotated tag a version, as GTO makes them. */
function versionTags(versions: number): string {
  const parts = Array.from({ length: versions }, (_, index) => {
    const mark = index + 1;
    const who = `Bench <bench@example.org> ${1_700_000_000 + mark} +0000`;
    const commit = `commit refs/heads/main\nmark :${mark}\ncommitter ${who}\ndata 1\nx\n`;
    return `${commit}tag nn@v0.0.${mark}\nfrom :${mark}\ntagger ${who}\ndata 1\nx\n`;
  });
  return parts.join('');
}
