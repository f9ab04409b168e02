/** DVC's configuration as DVC reads it: four levels, each overriding those before, key by key. */
import { readFileSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { RegistryError } from '../domain/errors.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import { type IniFile, type IniValue, parseIni } from './dvc-ini.ts';
import { isMissing, toFileFault } from './file-fault.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A configured value, and the folder of the file that has it: relative paths start there. */
export interface DvcSetting {
  readonly value: IniValue;
  readonly folder: string;
}

/** Settings by section and key, both in lower case, e.g. `cache` and `dir`, or `remote "name"` and `url`. */
export type DvcConfig = ReadonlyMap<string, ReadonlyMap<string, DvcSetting>>;

/**
 * Reads the configuration of the project at `root`: system, global, `.dvc/config`, `.dvc/config.local`. Throws
 * `bad-dvc-config`, `permission`, `io`.
 */
export function readDvcConfig(root: string, env: Environment): DvcConfig {
  const merged = new Map<string, Map<string, DvcSetting>>();
  for (const file of configFiles(root, env)) {
    for (const [section, values] of readIni(file) ?? []) {
      const name = section.toLowerCase();
      const settings = merged.get(name) ?? new Map<string, DvcSetting>();
      merged.set(name, settings);
      for (const [key, value] of values) settings.set(key.toLowerCase(), { value, folder: dirname(file) });
    }
  }
  return merged;
}

/** Returns a setting that is one text as an absolute path: `~` is the home folder. Throws `bad-dvc-config` for lists and URLs. */
export function resolveDvcPath(setting: DvcSetting, env: Environment): string {
  const { value, folder } = setting;
  if (typeof value !== 'string' || /^\w+:\/\//.test(value)) {
    const problem = `expected a folder, got ${JSON.stringify(value)}`;
    throw new RegistryError('bad-dvc-config', `DVC configuration in ${JSON.stringify(folder)}: ${problem}`, {
      data: { folder, value },
    });
  }
  if (isAbsolute(value)) return resolve(value);
  return /^~(?:$|[/\\])/.test(value) ? join(homeOf(env), value.slice(1)) : resolve(folder, value);
}

function homeOf(env: Environment): string {
  return env['HOME'] ?? homedir();
}

function configFiles(root: string, env: Environment): readonly string[] {
  return [
    join(env['DVC_SYSTEM_CONFIG_DIR'] || systemFolder(env), 'config'),
    join(env['DVC_GLOBAL_CONFIG_DIR'] || globalFolder(env), 'config'),
    join(root, '.dvc', 'config'),
    join(root, '.dvc', 'config.local'),
  ];
}

/** Where platformdirs, which DVC asks, puts the configuration of a machine. */
function systemFolder(env: Environment): string {
  if (platform() === 'win32') return join(env['ALLUSERSPROFILE'] ?? 'C:\\ProgramData', 'iterative', 'dvc');
  if (platform() === 'darwin') return '/Library/Application Support/dvc';
  return join(env['XDG_CONFIG_DIRS']?.split(':')[0] || '/etc/xdg', 'dvc');
}

/** Where platformdirs puts the configuration of a user. */
function globalFolder(env: Environment): string {
  const home = homeOf(env);
  if (platform() === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'iterative', 'dvc');
  if (platform() === 'darwin') return join(home, 'Library', 'Application Support', 'dvc');
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'dvc');
}

function readIni(file: string): IniFile | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw toFileFault(error, file);
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new RegistryError('bad-dvc-config', `${file}: expected UTF-8`, { data: { file } });
  return parseIni(text, file);
}
