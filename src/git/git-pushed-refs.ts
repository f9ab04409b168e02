/** Verdicts of a push as files below the git folder: the `update` hook, a shell script, finds one by the name of its ref. */
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { AcceptedRef, PushedName, PushedRefs } from '../ports/pushed-refs.ts';
import { fileFault } from './file-fault.ts';
import { classifyPushedName } from './ref-names.ts';
import { openRegistryFolder } from './registry-folder.ts';
import type { Repository } from './repository.ts';

/** Verdicts of a push that ended are of no use; git takes no hour to move refs. In milliseconds. */
const STALE = 60 * 60 * 1000;

/** Verdicts of one repository. */
export class GitPushedRefs implements PushedRefs {
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  classify(name: string): PushedName {
    return classifyPushedName(name);
  }

  /** Throws `usage` for a name of a push that is no number, `permission`, `no-space`, `io`. */
  async record(push: string, accepted: readonly AcceptedRef[]): Promise<void> {
    if (!/^[0-9]+$/.test(push)) throw new RegistryError('usage', `push ${JSON.stringify(push)}: expected a process id`);
    const folder = openRegistryFolder(this.#repository.commonDir, 'verdicts');
    const own = join(folder, push);
    try {
      rmSync(own, { recursive: true, force: true });
      sweep(folder);
      mkdirSync(own);
      chmodSync(own, statSync(folder).mode);
      for (const ref of accepted) this.#write(own, ref);
    } catch (cause) {
      throw fileFault(own, cause);
    }
  }

  /** `^` stands in no ref name, so the file of a ref is never the folder of another. */
  #write(folder: string, { name, old, next, logs }: AcceptedRef): void {
    const path = join(folder, `${name}^`);
    mkdirSync(dirname(path), { recursive: true });
    const absent = '0'.repeat(this.#repository.objectFormat === 'sha256' ? 64 : 40);
    const spell = (id: ObjectId | null): string => id ?? absent;
    const words = [spell(old), spell(next), ...logs.flatMap((log) => [log.name, log.old ?? 'none', log.next])];
    writeFileSync(path, `${words.join(' ')}\n`, { flag: 'wx' });
  }
}

/** Another push may be sweeping as well, and what another user left may not be ours to take away. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - changed <= STALE) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // It stays, and does no harm: a push looks under its own name only.
    }
  }
}
