/** Git's configuration, all levels and the environment, read once by `git config --list`. */
import { bytesOf, textOf } from './config-text.ts';
import type { GitRunner } from './git-runner.ts';

/** A variable without `=`, which git takes for true. */
const IMPLICIT = Symbol('implicit');

/** One line, its bytes one per character (latin1): the key, section and variable in lower case, and what it says. */
type Item = readonly [key: string, value: string | typeof IMPLICIT];

/** The configuration that holds in one repository. The flags of {@link GitRunner} are in it too, e.g. `core.hookspath`. */
export class GitConfig {
  readonly #git: GitRunner;
  #items: Promise<readonly Item[]> | undefined;
  #values: Promise<ReadonlyMap<string, string | typeof IMPLICIT>> | undefined;

  constructor(git: GitRunner) {
    this.#git = git;
  }

  /** Returns the last value of a key (section and variable in lower case); `true` for a variable without a value. */
  async find(key: string): Promise<string | undefined> {
    const value = (await this.#read()).get(key);
    return value === IMPLICIT ? 'true' : value;
  }

  /** Tells whether a key is on. What git would not read as a boolean counts as on. */
  async isOn(key: string): Promise<boolean> {
    return !/^(?:|false|no|off|0)$/i.test((await this.find(key)) ?? 'false');
  }

  /** Returns the subsections of a section that have a variable, in the order of their first mention. */
  async subsections(section: string, variable: string): Promise<readonly string[]> {
    const keys = [...(await this.#read()).keys()];
    const [start, end] = [`${section}.`, `.${variable}`];
    return keys
      .filter((key) => key.startsWith(start) && key.endsWith(end))
      .map((key) => key.slice(start.length, -end.length));
  }

  /**
   * Returns everything that is said of the variables of a subsection, in the order that git reads it: variable and value, of
   * which the bytes are one per character (latin1).
   */
  async subsection(section: string, name: string): Promise<readonly (readonly [variable: string, value: string])[]> {
    const start = `${section}.${bytesOf(name)}.`;
    return (await this.#list()).flatMap(([key, value]) =>
      key.startsWith(start) ? [[key.slice(start.length), value === IMPLICIT ? 'true' : value] as const] : [],
    );
  }

  /** Tells whether anything is said in a section. */
  async hasSection(section: string): Promise<boolean> {
    return [...(await this.#read()).keys()].some((key) => key.startsWith(`${section}.`));
  }

  #read(): Promise<ReadonlyMap<string, string | typeof IMPLICIT>> {
    // A later item replaces an earlier one.
    this.#values ??= this.#list().then(
      (items) =>
        new Map(items.map(([key, value]) => [textOf(key), value === IMPLICIT ? IMPLICIT : textOf(value)] as const)),
    );
    return this.#values;
  }

  #list(): Promise<readonly Item[]> {
    this.#items ??= this.#git.read(['config', '--list', '-z']).then((stdout) => parseList(stdout.toString('latin1')));
    return this.#items;
  }
}

/** Each item is `key`, or `key` and a line feed and the value; ended by a NUL. */
function parseList(text: string): readonly Item[] {
  return text
    .split('\0')
    .slice(0, -1)
    .map((item) => {
      const cut = item.indexOf('\n');
      return cut < 0 ? [item, IMPLICIT] : [item.slice(0, cut), item.slice(cut + 1)];
    });
}
