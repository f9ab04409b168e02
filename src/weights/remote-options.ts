/** The options of a remote, read one by one: what nobody asked for in the end is an option that this program does not know. */
import { readFileSync } from 'node:fs';
import { type DvcSetting, type Environment, resolveDvcPath } from './dvc-config.ts';
import { toFileFault } from './file-fault.ts';
import { badRemote } from './remotes/remote-fault.ts';

/** Options that change nothing here: how DVC hashes, lists and times its own work. */
const WITHOUT_EFFECT = ['checksum_jobs', 'verify', 'listobjects', 'cache_regions', 'version_aware', 'worktree'];

/** Options of one remote. Its methods throw `bad-weights-remote` for values of the wrong kind. */
export class RemoteOptions {
  readonly #name: string;
  readonly #options: ReadonlyMap<string, DvcSetting>;
  readonly #env: Environment;
  readonly #known: Set<string> = new Set(WITHOUT_EFFECT);

  constructor(name: string, options: ReadonlyMap<string, DvcSetting>, env: Environment) {
    this.#name = name;
    this.#options = options;
    this.#env = env;
  }

  text(key: string): string | undefined {
    this.#known.add(key);
    const value = this.#options.get(key)?.value;
    if (value === undefined || typeof value === 'string') return value;
    throw this.#bad(key, 'one value');
  }

  flag(key: string): boolean | undefined {
    const value = this.text(key)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.#bad(key, 'true or false');
  }

  whole(key: string): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
    throw this.#bad(key, 'a number of 1 or more');
  }

  /** A path by DVC's rule: relative to the folder of the file that holds it. */
  path(key: string): string | undefined {
    if (this.text(key) === undefined) return undefined;
    const setting = this.#options.get(key);
    return setting === undefined ? undefined : resolveDvcPath(setting, this.#env);
  }

  /** `true`, `false`, or the certificates in a file, as text. */
  trust(key: string): boolean | string {
    const value = this.text(key)?.toLowerCase() ?? 'true';
    if (value === 'true' || value === 'false') return value === 'true';
    const path = this.path(key) ?? '';
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw toFileFault(error, path);
    }
  }

  /** Returns the options that nobody has read. */
  unknown(): readonly string[] {
    return [...this.#options.keys()].filter((key) => !this.#known.has(key));
  }

  #bad(key: string, expected: string): Error {
    return badRemote(this.#name, `${key}: expected ${expected}, got ${JSON.stringify(this.#options.get(key)?.value)}`);
  }
}
