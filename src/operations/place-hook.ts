/** Puts a hook where git looks and takes it away again; whatever was there before runs first, and comes back. */
import { RegistryError } from '../domain/errors.ts';
import type { HookFolder, HookPlace } from '../ports/hook-folder.ts';
import { findHookOwner, type HookOwner } from './hook-owner.ts';
import { beforeName, type HookProgram, type HookWish, hookText, ownershipOf } from './hook-text.ts';

/**
 * What was done to a hook. `chained`: installed, and what was there runs first; `restored`: removed, and what was there is
 * back; `absent`: there was none of ours; `foreign`: it is somebody else's, or was changed by hand, and was left alone.
 */
export interface HookChange {
  readonly hook: string;
  /** Absolute. */
  readonly path: string;
  readonly outcome: 'installed' | 'updated' | 'unchanged' | 'chained' | 'removed' | 'restored' | 'absent' | 'foreign';
}

/** Refuses a folder that is not this repository's alone, or that a hook manager looks after. Throws `hooks-managed`. */
export async function locateOwnFolder(hooks: HookFolder, names: readonly string[]): Promise<HookPlace> {
  const place = await hooks.locate();
  const [name = 'pre-commit'] = names;
  if (place.from === 'elsewhere') {
    throw new RegistryError(
      'hooks-managed',
      `hooks: core.hooksPath is ${place.folder}, for more than this repository`,
      {
        data: { folder: place.folder, owner: null },
        hint: `git config --local core.hooksPath .git/hooks, or add to ${place.folder}/${name}: git registry check --staged`,
      },
    );
  }
  const owner = await findHookOwner(hooks, place, names);
  if (owner !== undefined) throw managedFault(place, owner);
  return place;
}

/** Installs one hook. Throws `hooks-managed`, `permission`, `io`. */
export async function placeHook(hooks: HookFolder, wish: HookWish, program: HookProgram): Promise<HookChange> {
  const { folder } = await locateOwnFolder(hooks, [wish.name]);
  return placeHookText(hooks, wish.name, hookText(wish, program, folder));
}

/** Installs one hook whose text is at hand (of `signHook`). Throws `hooks-managed`, `permission`, `io`. */
export async function placeHookText(hooks: HookFolder, name: string, text: string): Promise<HookChange> {
  const { folder } = await hooks.locate();
  const done = (outcome: HookChange['outcome']): HookChange => ({ hook: name, path: `${folder}/${name}`, outcome });
  const present = await hooks.read(name);
  if (present === undefined) {
    if (await hooks.create(name, text)) return done('installed');
    throw busy(folder, name);
  }
  const ownership = ownershipOf(present);
  if (ownership === 'ours') {
    if (present === asRead(text)) return done('unchanged');
    await hooks.replace(name, text);
    return done('updated');
  }
  if (ownership === 'edited') {
    throw new RegistryError('hooks-managed', `${folder}/${name}: it was changed by hand since it was installed`, {
      data: { folder, hook: name, owner: null },
      hint: `move your lines to another file, remove ${name}, and install again`,
    });
  }
  if (!(await hooks.move(name, beforeName(name)))) throw busy(folder, beforeName(name));
  if (await hooks.create(name, text)) return done('chained');
  await hooks.move(beforeName(name), name);
  throw busy(folder, name);
}

/** Takes one hook away. Throws `permission`, `io`. */
export async function withdrawHook(hooks: HookFolder, name: string): Promise<HookChange> {
  const { folder } = await hooks.locate();
  const done = (outcome: HookChange['outcome']): HookChange => ({ hook: name, path: `${folder}/${name}`, outcome });
  const present = await hooks.read(name);
  if (present === undefined) return done('absent');
  if (ownershipOf(present) !== 'ours') return done(ownershipOf(present) === 'edited' ? 'foreign' : 'absent');
  await hooks.remove(name);
  if ((await hooks.read(beforeName(name))) === undefined) return done('removed');
  if (await hooks.move(beforeName(name), name)) return done('restored');
  throw busy(folder, name);
}

function managedFault({ folder }: HookPlace, { owner, hint }: HookOwner): RegistryError {
  return new RegistryError('hooks-managed', `hooks: those in ${folder} are ${owner}'s, which would write over ours`, {
    data: { folder, owner },
    hint,
  });
}

function busy(folder: string, name: string): RegistryError {
  return new RegistryError('hooks-managed', `${folder}/${name}: expected no such file, and it is never written over`, {
    data: { folder, hook: name, owner: null },
    hint: `move ${name} out of the way`,
  });
}

/** A hook is read with each byte a character. */
function asRead(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
