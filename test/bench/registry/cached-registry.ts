/** Generated registries, made once. */
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { registryArgv, runProgram, runSelf } from '../programs.ts';
import { type RegistryShape, SHAPES, SMALL } from './shape.ts';

/** Raised when what is generated changes: older registries are then left alone. */
const GENERATOR_VERSION = 1;

/** Returns the folder of a registry, and generates it where it is missing. Nothing that is measured may change it. */
export function cachedRegistry(shape: RegistryShape): string {
  const folder = join(cacheFolder('registries', `v${GENERATOR_VERSION}`), `${shape.models}-x-${shape.entriesPerModel}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  // In a process of its own: starting children from one that has grown large is slow, and would be measured.
  runSelf(['generate', shape.name, unfinished]);
  // All sizes are made alike; proving the smallest takes seconds, the others minutes.
  if (shape === SMALL) runProgram(registryArgv('verify', '--all'), unfinished);
  renameSync(unfinished, folder);
  return folder;
}

/** Returns a copy that may be changed. */
export function copyOfRegistry(shape: RegistryShape): string {
  const folder = join(cacheFolder('copies'), `${shape.models}-x-${shape.entriesPerModel}`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(cachedRegistry(shape), folder, { recursive: true });
  return folder;
}

/** Returns the shape of that name. */
export function shapeNamed(name: string | undefined): RegistryShape {
  const shape = SHAPES.find((known) => known.name === name);
  if (shape === undefined) throw new Error(`expected a registry of ${SHAPES.map((known) => known.name).join(', ')}`);
  return shape;
}
