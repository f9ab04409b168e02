/** What keeps a registry fast as it grows: after every so many registers refs are packed and the commit-graph is written. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { gitText } from '../git-text.ts';
import { runSelf } from '../programs.ts';
import type { ReportSection } from '../report-line.ts';

/** So many are registered: the limit of `src/git/maintenance.ts` and some. */
const MANY = 1100;
/** Loose entry refs at which git-registry packs. */
const LIMIT = 1000;

/** Registers more entries than may lie loose, and counts what does afterwards. */
export function measureUpkeep(): ReportSection {
  const folder = join(cacheFolder('copies'), 'upkeep');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  gitText(folder, ['init', '--quiet', '--initial-branch=main']);
  gitText(folder, ['config', 'user.name', 'Bench']);
  gitText(folder, ['config', 'user.email', 'bench@example.org']);
  const begin = performance.now();
  runSelf(['task', 'register', folder, cacheFolder('bundle'), String(MANY)]);
  const value = (performance.now() - begin) / MANY;
  const size = `${MANY.toLocaleString('en')} in a row`;
  const loose = countFiles(join(folder, '.git', 'refs', 'registry', 'sha'));
  const graphs = countFiles(join(folder, '.git', 'objects', 'info', 'commit-graphs'));
  return {
    title: 'Upkeep',
    lines: [
      { what: '`register` by the library, each', size, value, unit: 'ms' },
      {
        what: 'entry refs that are files of their own afterwards',
        size,
        value: loose,
        unit: 'files',
        target: LIMIT - 1,
      },
      { what: 'commit-graph files afterwards', size, value: graphs, unit: 'files' },
    ],
  };
}

function countFiles(folder: string): number {
  return existsSync(folder) ? readdirSync(folder).length : 0;
}
