/**
 * The digest of refs that were found good, as a file under the git common dir. What is digested are the bytes themselves,
 * never sizes or times: 25 MB for 100,000 entries take some tens of milliseconds, and no clock can deceive it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLD_VERSION } from '../domain/fold-header.ts';
import type { GoodRefs } from '../ports/good-refs.ts';
import { draftName } from './draft-name.ts';
import { listLooseRefs } from './loose-refs.ts';
import { readPackedRange, UnreadablePackedRefs } from './packed-refs.ts';
import { refPrefixOf } from './ref-names.ts';
import { openRegistryFolder } from './registry-folder.ts';
import type { Repository } from './repository.ts';

/** Below `registry/` in the git common dir. */
const FOLDER = 'checked';
const FILE = 'refs';
/** Raised when a comparison judges otherwise, so that what an older one found counts no more. */
const RULES = 1;

/** Keeps one digest. */
export class FileGoodRefs implements GoodRefs {
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  digest(): string | undefined {
    const { commonDir, refFormat } = this.#repository;
    if (refFormat !== 'files') return undefined;
    const prefix = refPrefixOf({ kind: 'all' });
    const hash = createHash('sha256').update(`rules ${RULES} fold ${FOLD_VERSION}\n`);
    // Loose ones first, as a reader of refs: one that git packs meanwhile is seen in one place at least.
    const loose = listLooseRefs(commonDir, prefix);
    if (loose === undefined) return undefined;
    const lines = loose.map(({ name, id }) => `${id} ${name}\n`).sort();
    hash.update(`loose ${lines.length}\n`).update(lines.join(''), 'latin1');
    // Where a log is cut, it can no longer be told what it gives.
    const shallow = readOrNothing(join(commonDir, 'shallow'));
    hash.update(`shallow ${shallow.length}\n`).update(shallow).update('packed\n');
    try {
      return hash.update(readPackedRange(join(commonDir, 'packed-refs'), prefix)).digest('hex');
    } catch (cause) {
      if (cause instanceof UnreadablePackedRefs) return undefined;
      throw cause;
    }
  }

  isGood(digest: string): boolean {
    return (
      readOrNothing(join(this.#repository.commonDir, 'registry', FOLDER, FILE)).toString('latin1') === `${digest}\n`
    );
  }

  remember(digest: string): void {
    attempt(() => {
      const path = join(openRegistryFolder(this.#repository.commonDir, FOLDER), FILE);
      const temporary = draftName(path);
      const isWritten = attempt(() => {
        writeFileSync(temporary, `${digest}\n`);
        renameSync(temporary, path);
      });
      if (!isWritten) rmSync(temporary, { force: true });
    });
  }
}

/** Tells whether it went well. */
function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function readOrNothing(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
