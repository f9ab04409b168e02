/** The folder in which git looks for the hooks of a repository. */

/** Where hooks are. */
export interface HookPlace {
  /** Absolute; it may not exist yet. */
  readonly folder: string;
  /**
   * What says so: nothing (`default`), `core.hooksPath` of this repository (`repository`), or that of the user, the system or
   * the environment (`elsewhere`), which then holds for other repositories too.
   */
  readonly from: 'default' | 'repository' | 'elsewhere';
}

/** Reads and writes hooks. */
export interface HookFolder {
  locate(): Promise<HookPlace>;
  /** Returns a hook's text, each byte a character; undefined where there is none. */
  read(name: string): Promise<string | undefined>;
  /** Creates an executable hook, whole or not at all, and the folder. False where it exists: it never overwrites. */
  create(name: string, text: string): Promise<boolean>;
  /** Replaces a hook. */
  replace(name: string, text: string): Promise<void>;
  /** Gives a hook another name. False where that name is taken. */
  move(from: string, to: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}
