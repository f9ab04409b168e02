/**
 * SFTP (version 3, draft-ietf-secsh-filexfer-02) over the system's ssh: its configuration, keys, agent, known hosts and jump
 * hosts hold here too, and a server needs no shell. Requests are answered in any order.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Environment } from '../dvc-config.ts';
import { refused, unreachable } from './remote-fault.ts';
import { type Answer, encodeRequest, type Fields, PacketReader, type RequestField, STATUS } from './sftp-packets.ts';

/** Where a session goes. */
export interface SftpHost {
  readonly host: string;
  /** Of ssh, before the host. */
  readonly args: readonly string[];
  readonly location: string;
  readonly env: Environment;
}

/** What a server says no with. */
export class SftpStatus extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const [INIT, VERSION] = [1, 2];
/** What ssh wrote is shown in part: a banner may be long. */
const MESSAGE_LIMIT = 500;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** One connection; opened when first asked, closed with {@link SftpSession.close}. */
export class SftpSession {
  readonly #location: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: Map<number, Waiting> = new Map();
  readonly #started: Promise<void>;
  #greeted: () => void = () => undefined;
  #nextId = 1;
  #said = '';
  #ended: Error | undefined;

  constructor({ host, args, location, env }: SftpHost, signal: AbortSignal) {
    this.#location = location;
    const [program, ...words] = sshCommand(env, [...args, '-s', '--', host, 'sftp']);
    this.#child = spawn(program ?? '', words, { stdio: 'pipe', env, signal });
    this.#started = new Promise((resolve, reject) => {
      this.#greeted = resolve;
      this.#waiting.set(0, { resolve: () => resolve(), reject });
    });
    this.#started.catch(() => undefined);
    this.#listen();
    this.#child.stdin.write(encodeRequest(INIT, [{ u32: 3 }]));
  }

  /** Whether a new session is needed. */
  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /** Sends a request and returns its answer. Throws {@link SftpStatus} where the server says no, and faults of the connection. */
  async ask(type: number, fields: readonly RequestField[]): Promise<Answer> {
    await this.#started;
    if (this.#ended !== undefined) throw this.#ended;
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin.write(encodeRequest(type, [{ u32: id }, ...fields]));
    });
    if (answer.type !== STATUS) return answer;
    const status = answer.fields.u32();
    if (status !== 0) throw new SftpStatus(status, answer.fields.text());
    return answer;
  }

  close(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }

  #listen(): void {
    const reader = new PacketReader((type, fields) => this.#take(type, fields));
    this.#child.stdout.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.#end(unreachable(this.#location, 'expected SFTP packets, got something else', error));
        this.#child.kill();
      }
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#said = `${this.#said}${chunk.toString()}`.slice(-MESSAGE_LIMIT);
    });
    // A pipe that breaks is told by the end of the process.
    this.#child.stdin.on('error', () => undefined);
    this.#child.once('error', (error) => this.#end(refused(this.#location, `ssh: ${error.message}`, error)));
    this.#child.once('close', (code) => this.#end(this.#explain(code)));
  }

  #take(type: number, fields: Fields): void {
    const id = type === VERSION ? 0 : fields.u32();
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (type === VERSION) this.#greeted();
    else waiting?.resolve({ type, fields });
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }

  /** ssh ends with 255 for faults of its own, whether the network failed or the server said no. */
  #explain(code: number | null): Error {
    const said = this.#said.trim().split('\n').at(-1) ?? '';
    const problem = said === '' ? `ssh ended with ${code ?? 'a signal'}` : said;
    const isNo = /permission denied|host key verification failed|could not resolve|subsystem request failed/i.test(
      this.#said,
    );
    return (isNo ? refused : unreachable)(this.#location, problem);
  }
}

/** As git calls ssh: by GIT_SSH_COMMAND, which is a line for the shell, by GIT_SSH, a program, or `ssh`. */
function sshCommand(env: Environment, args: readonly string[]): readonly string[] {
  const prompts = process.stdin.isTTY === true ? [] : ['-o', 'BatchMode=yes'];
  const words = ['-T', '-x', '-o', 'ServerAliveInterval=20', ...prompts, ...args];
  const line = env['GIT_SSH_COMMAND'];
  if (line !== undefined && line !== '') return ['sh', '-c', `${line} "$@"`, 'ssh', ...words];
  return [env['GIT_SSH'] || 'ssh', ...words];
}
