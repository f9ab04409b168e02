/** A remote as DVC's configuration has it: its URL with DVC's path rules, and its options. */
import { RegistryError } from '../domain/errors.ts';
import { type DvcConfig, type DvcSetting, type Environment, resolveDvcPath } from './dvc-config.ts';
import { isUrl } from './remote-url.ts';

/** A remote. */
export interface DvcRemote {
  readonly name: string;
  /** A URL, or an absolute path. */
  readonly url: string;
  /** Options by name, lower case, without `url`; paths are still as they were spelled. */
  readonly options: ReadonlyMap<string, DvcSetting>;
}

/** More steps of `remote://` than anybody writes: a circle. */
const MOST_STEPS = 16;

/** Returns the names of all remotes, in lower case, as DVC has them. */
export function remoteNames(config: DvcConfig): readonly string[] {
  return [...config.keys()].flatMap((section) => /^remote "(.+)"$/.exec(section)?.[1] ?? []);
}

/** Returns a remote by name, in any case. Throws `bad-weights-remote` where there is none or its URL is no use, `bad-dvc-config`. */
export function readDvcRemote(config: DvcConfig, name: string, env: Environment): DvcRemote {
  let options = new Map<string, DvcSetting>();
  let rest = '';
  for (let at = name.toLowerCase(), step = 0; step < MOST_STEPS; step += 1) {
    const settings = config.get(`remote "${at}"`);
    if (settings === undefined) throw noSuch(name, at);
    // A remote below another one inherits its options, and keeps its own.
    options = new Map([...settings, ...options]);
    const url = settings.get('url');
    if (url === undefined || typeof url.value !== 'string') throw noSuch(name, at);
    const [, base, path = ''] = /^remote:\/\/([^/]+)(\/.*)?$/.exec(url.value) ?? [];
    options.delete('url');
    if (base === undefined) return { name, url: `${urlOf({ ...url, value: url.value }, env)}${rest}`, options };
    rest = `${path}${rest}`;
    at = base.toLowerCase();
  }
  throw noSuch(name, 'remote:// in a circle');
}

/** Returns a URL as it is, and a path as DVC takes it: relative to the folder of the file that holds it. */
function urlOf(setting: DvcSetting & { readonly value: string }, env: Environment): string {
  const url = setting.value.replace(/^file:\/\//, '');
  return isUrl(url) ? url.replace(/\/+$/, '') : resolveDvcPath({ ...setting, value: url }, env);
}

function noSuch(name: string, at: string): RegistryError {
  return new RegistryError(
    'bad-weights-remote',
    `weights remote ${JSON.stringify(name)}: DVC has no URL for ${JSON.stringify(at)}`,
    {
      data: { remote: name },
      hint: 'dvc remote list',
    },
  );
}
