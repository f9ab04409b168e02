/** Writes files out of the registry into a folder that is whole or absent, whatever happens on the way. */
import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Checkout, CheckoutFile, CheckoutOptions } from '../ports/checkout.ts';
import { resolveDestination, type Surroundings } from './destination.ts';
import { makeFolder, syncFolder } from './durable-file.ts';
import { errnoOf, faultsAt, pathFault } from './file-fault.ts';
import type { LinkType } from './link-file.ts';
import { publishFolder } from './publish-folder.ts';
import { writeVerified } from './write-verified.ts';

/** What a checkout depends on. */
export interface FolderCheckoutOptions extends Surroundings {
  /** DVC's `cache.type`; links to the cache are made only where it has them. */
  readonly linkTypes: readonly LinkType[];
  readonly signal?: AbortSignal | undefined;
}

/** Writes to the local disk. The signal gives up, and leaves nothing. */
export class FolderCheckout implements Checkout {
  readonly #options: FolderCheckoutOptions;

  constructor(options: FolderCheckoutOptions) {
    this.#options = options;
  }

  assertWritable(folder: string, options: CheckoutOptions): void {
    resolveDestination(folder, this.#options, options);
  }

  async write(folder: string, files: readonly CheckoutFile[], options: CheckoutOptions): Promise<void> {
    const destination = resolveDestination(folder, this.#options, options);
    await faultsAt(destination, async () => {
      const firstMade = makeFolder(dirname(destination), { shared: false });
      const staging = `${destination}.tmp-${randomUUID()}`;
      try {
        mkdirSync(staging, { mode: 0o700 });
        // The folder inside gets the mode that the umask gives, and nobody else gets in before it is moved out.
        const content = join(staging, 'content');
        mkdirSync(content);
        await this.#fill(content, files, options);
        publishFolder({ content, destination, staging, force: options.force });
      } catch (error) {
        discard(staging, dirname(destination), firstMade);
        throw error;
      }
      rmSync(staging, { recursive: true, force: true });
    });
  }

  async #fill(content: string, files: readonly CheckoutFile[], { progress }: CheckoutOptions): Promise<void> {
    const { linkTypes, signal } = this.#options;
    const mode = lstatSync(content).mode & 0o666;
    const folders = new Set<string>([content]);
    for (const file of files) {
      signal?.throwIfAborted();
      const target = makeParents(content, file.path, folders);
      await writeVerified(file, target, { linkTypes, mode, progress, signal });
    }
    // Those inside before those around them.
    for (const folder of [...folders].reverse()) syncFolder(folder);
  }
}

/** Makes the folders of a file and returns its path. Never goes through what is no folder of our own making. */
function makeParents(content: string, path: string, folders: Set<string>): string {
  // Format §3.1 has no such paths; they are looked for again where they would do harm.
  if (!path.split('/').every(isPlainName))
    throw pathFault('bad-path', path, 'expected a relative path without "." and ".."');
  const components = path.split('/');
  const name = components.pop() ?? '';
  let folder = content;
  for (const component of components) {
    folder = join(folder, component);
    if (folders.has(folder)) continue;
    mkdirSync(folder);
    folders.add(folder);
  }
  return join(folder, name);
}

function isPlainName(component: string): boolean {
  return component !== '' && component !== '.' && component !== '..' && !component.includes('\0');
}

/** Removes what was made. Failures are nothing to report: the error that led here is. */
function discard(staging: string, parent: string, firstMade: string | undefined): void {
  try {
    rmSync(staging, { recursive: true, force: true });
    if (firstMade === undefined) return;
    for (let folder = parent; folder.length >= firstMade.length; folder = dirname(folder)) rmdirSync(folder);
  } catch (error) {
    // Somebody else has put something there by now, or the disk fails.
    if (errnoOf(error) === undefined) throw error;
  }
}
