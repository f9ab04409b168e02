/**
 * A remote that only DVC can serve, by the `dvc` that is installed: in a scratch project of its own for every step, so that
 * nothing of it touches the user's project or cache. Its bytes are proven like those of any remote.
 */
import {
  accessSync,
  constants,
  createReadStream,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import type { TransferOptions } from '../../ports/weights-remote.ts';
import { type Environment, resolveDvcPath } from '../dvc-config.ts';
import type { OpenContext } from '../open-context.ts';
import { CHUNK_BYTES } from '../read-chunks.ts';
import type { FoundRemote } from '../remote-search.ts';
import { locationOf } from '../remote-url.ts';
import { refused } from './remote-fault.ts';
import type { OutgoingFile, RemoteTransport, Span } from './transport.ts';

/** Options whose values are paths, relative to the file that holds them. */
const PATHS = new Set([
  'credentialpath',
  'configpath',
  'keyfile',
  'cert_path',
  'key_path',
  'gdrive_user_credentials_file',
  'gdrive_service_account_json_file_path',
]);
const KEY = /^files\/md5\/([0-9a-f]{2})\/([0-9a-f]{30})$/;
/** Of what DVC says, the end tells why. */
const MESSAGE_LIMIT = 300;

/** Returns the path of `dvc`, or undefined where none is on the PATH; a relative folder there could be anybody's. */
export function findDvc(env: Environment): string | undefined {
  const paths = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, 'dvc'));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Keeps files where DVC does. It has one name for an object: that of its MD5. */
export class DvcTransport implements RemoteTransport {
  readonly #program: string;
  readonly #remote: FoundRemote;
  readonly #context: OpenContext;

  constructor(program: string, remote: FoundRemote, context: OpenContext) {
    this.#program = program;
    this.#remote = remote;
    this.#context = context;
  }

  find(key: string): Promise<{ readonly bytes: undefined } | undefined> {
    return this.#within(key, async (project) => {
      const text = await this.#run(project, 'status', '--cloud', '--json', 'object.dvc');
      // What the empty cache lacks and the remote has, DVC calls deleted.
      return text.includes('"deleted"') ? { bytes: undefined } : undefined;
    });
  }

  async *read(key: string, { offset }: Span): AsyncGenerator<Uint8Array> {
    const project = this.#makeProject(key);
    try {
      if (project === undefined) return;
      await this.#run(project, 'fetch', 'object.dvc');
      const options = { start: offset, highWaterMark: CHUNK_BYTES, signal: this.#context.signal };
      for await (const chunk of createReadStream(join(project, 'cache', key), options)) yield chunk as Buffer;
    } finally {
      if (project !== undefined) rmSync(project, { recursive: true, force: true });
    }
  }

  async write(key: string, file: OutgoingFile, options: TransferOptions): Promise<void> {
    await this.#within(key, async (project) => {
      const path = join(project, 'cache', key);
      mkdirSync(dirname(path), { recursive: true });
      try {
        linkSync(file.path, path);
      } catch {
        symlinkSync(file.path, path);
      }
      await this.#run(project, 'push', 'object.dvc');
      options.moved?.(file.bytes);
      return undefined;
    });
  }

  async #within<T>(key: string, work: (project: string) => Promise<T>): Promise<T | undefined> {
    const project = this.#makeProject(key);
    try {
      return project === undefined ? undefined : await work(project);
    } finally {
      if (project !== undefined) rmSync(project, { recursive: true, force: true });
    }
  }

  /** Makes a project with one pointer, to the object of the key; undefined where DVC has no such name. */
  #makeProject(key: string): string | undefined {
    const [, start, rest] = KEY.exec(key) ?? [];
    if (start === undefined || rest === undefined) return undefined;
    const project = mkdtempSync(join(tmpdir(), 'git-registry-dvc-'));
    mkdirSync(join(project, '.dvc'));
    // Credentials may be in it.
    writeFileSync(join(project, '.dvc', 'config'), this.#config(), { mode: 0o600 });
    writeFileSync(join(project, 'object.dvc'), `outs:\n- md5: '${start}${rest}'\n  hash: md5\n  path: object\n`);
    return project;
  }

  #config(): string {
    const lines = ['[core]', 'no_scm = true', 'remote = r', '[cache]', 'dir = ../cache', `['remote "r"']`];
    lines.push(`url = ${quoted(this.#remote.url)}`);
    for (const [key, setting] of this.#remote.options) {
      const { env } = this.#context;
      const isPath = PATHS.has(key) || (key === 'ssl_verify' && !/^(?:true|false)$/i.test(String(setting.value)));
      const value = isPath ? resolveDvcPath(setting, env) : setting.value;
      lines.push(`${key} = ${typeof value === 'string' ? quoted(value) : value.map(quoted).join(', ')}`);
    }
    return `${lines.join('\n')}\n`;
  }

  async #run(project: string, ...args: readonly string[]): Promise<string> {
    const { env, signal } = this.#context;
    const quiet = { DVC_NO_ANALYTICS: 'true', DVC_SITE_CACHE_DIR: join(project, 'site') };
    const { failed, exitCode, stdout, stderr } = await execa(this.#program, args, {
      cwd: project,
      env: { ...env, ...quiet },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      cancelSignal: signal,
    });
    signal.throwIfAborted();
    if (!failed) return stdout;
    const problem = stderr.trim().slice(-MESSAGE_LIMIT) || `exit code ${exitCode}`;
    throw refused(locationOf(this.#remote.url), `dvc ${args[0] ?? ''}: ${problem}`);
  }
}

/** ConfigObj has no escapes: the quote that is not inside. */
function quoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}
