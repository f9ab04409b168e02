/** Where files may be written out of the registry, and where never. */
import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { RegistryError } from '../domain/errors.ts';
import { pathFault, toFileFault } from './file-fault.ts';
import { findNode } from './find-source.ts';

/** What surrounds a checkout. Absolute paths. */
export interface Surroundings {
  /** Relative destinations start here, and it is never written over. */
  readonly cwd: string;
  /** Git directories and the cache: nothing is written into them or over them. */
  readonly forbidden: readonly string[];
  /** Links in the work tree come with a clone, from whoever wrote it: they are not followed to a destination. */
  readonly workTree?: string | undefined;
}

/**
 * Returns the absolute path of a destination, its parents without links. Throws `destination` unless it is absent or an empty
 * folder (`force`: anything but a link, a work tree or the current folder) where writing is allowed; `permission`, `io`.
 */
export function resolveDestination(
  folder: string,
  surroundings: Surroundings,
  options: { readonly force: boolean },
): string {
  const named = resolve(surroundings.cwd, folder);
  try {
    assertNoPlantedLink(named, surroundings.workTree);
    const destination = realPathOf(named);
    assertAllowed(destination, surroundings);
    assertReplaceable(destination, options.force);
    return destination;
  } catch (error) {
    throw toFileFault(error, named);
  }
}

/** Returns the fault for a destination. */
export function badDestination(path: string, problem: string): RegistryError {
  return pathFault('destination', path, problem);
}

/** Tells whether a path is a folder or lies in it. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path);
}

/** Returns a path with the links of its existing parents resolved; its last component is kept. */
function realPathOf(path: string): string {
  const parent = dirname(path);
  if (parent === path) return path;
  return join(findNode(parent) === undefined ? realPathOf(parent) : realpathSync(parent), basename(path));
}

function assertNoPlantedLink(named: string, workTree: string | undefined): void {
  const root = workTree === undefined ? undefined : realpathSync(workTree);
  for (let path = named; dirname(path) !== path; path = dirname(path)) {
    if (!findNode(path)?.isSymbolicLink()) continue;
    const isPlanted = root !== undefined && isWithin(realPathOf(path), root);
    if (path === named || isPlanted) throw badDestination(path, 'expected a folder, got a symbolic link');
  }
}

function assertAllowed(destination: string, { cwd, forbidden }: Surroundings): void {
  if (destination.split(sep).some((component) => component.toLowerCase() === '.git')) {
    throw badDestination(destination, 'expected a place outside git directories');
  }
  for (const folder of forbidden.filter((path) => findNode(path) !== undefined).map((path) => realpathSync(path))) {
    if (isWithin(destination, folder)) {
      throw badDestination(destination, `expected a place outside ${JSON.stringify(folder)}`);
    }
    if (isWithin(folder, destination)) {
      throw badDestination(destination, `expected a place that does not hold ${JSON.stringify(folder)}`);
    }
  }
  if (isWithin(realpathSync(cwd), destination)) {
    throw badDestination(destination, 'expected a place other than the current folder');
  }
}

function assertReplaceable(destination: string, force: boolean): void {
  const found = findNode(destination);
  if (found === undefined) return;
  const names = found.isDirectory() ? readdirSync(destination) : undefined;
  if (names?.length === 0) return;
  if (!force) {
    throw badDestination(destination, `expected no such ${names === undefined ? 'file' : 'folder, or an empty one'}`);
  }
  if (names?.some((name) => name.toLowerCase() === '.git')) {
    throw badDestination(destination, 'expected no git work tree');
  }
}
