/** A web server as a remote, as DVC's http remote is one: files by GET, sizes by HEAD, uploads by POST or PUT. */
import { createReadStream } from 'node:fs';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { TransferOptions } from '../../ports/weights-remote.ts';
import type { Environment } from '../dvc-config.ts';
import { CHUNK_BYTES } from '../read-chunks.ts';
import { absoluteForm, findProxy, proxyRefusal } from './http-proxy.ts';
import { openAgents, type ProxyAgents, trustOf } from './proxy-agents.ts';
import { networkFault, refused, unreachable } from './remote-fault.ts';
import type { OutgoingFile, RemoteTransport, Span } from './transport.ts';

/** How to talk to a server. */
export interface HttpOptions {
  /** Where keys begin; no credentials, no trailing slash. */
  readonly url: string;
  /** As the user may see it. */
  readonly location: string;
  /** Sent to this origin only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
  /** Trust nobody but these, in PEM, or anybody (`false`). */
  readonly verify: boolean | string;
  /** Milliseconds without a byte. */
  readonly timeout: number;
  /** Names the proxies. */
  readonly env: Environment;
}

/** As browsers have it, roughly. */
const REDIRECTS = 5;

/** Connections, as Node keeps them where nobody says how. */
const KEPT = { scheduling: 'lifo', timeout: 5000 } as const;

/** Keeps files on a web server. */
export class HttpTransport implements RemoteTransport {
  readonly #options: HttpOptions;
  readonly #signal: AbortSignal;
  readonly #agents: ProxyAgents;

  constructor(options: HttpOptions, signal: AbortSignal) {
    const { env, location, timeout, verify } = options;
    this.#options = options;
    this.#signal = signal;
    this.#agents = openAgents({ env, location, timeout, signal }, { ...trustOf(verify), ...KEPT });
  }

  async find(key: string): Promise<{ readonly bytes: number | undefined } | undefined> {
    let answer = await this.#ask('HEAD', key, {});
    answer.resume();
    // Some servers answer only GET: one byte of it tells as much.
    if (answer.statusCode === 405 || answer.statusCode === 501) {
      answer = await this.#ask('GET', key, { range: 'bytes=0-0' });
      answer.destroy();
    }
    if (answer.statusCode === 404 || answer.statusCode === 410) return undefined;
    // An empty file has no first byte; the answer tells its size all the same.
    if (answer.statusCode !== 416) this.#refuseFailure(answer, key);
    const whole = answer.headers['content-range']?.split('/')[1] ?? answer.headers['content-length'];
    return { bytes: whole !== undefined && /^\d+$/.test(whole) ? Number(whole) : undefined };
  }

  async *read(key: string, { offset }: Span): AsyncGenerator<Uint8Array> {
    const answer = await this.#ask('GET', key, offset > 0 ? { range: `bytes=${offset}-` } : {});
    this.#refuseFailure(answer, key);
    // A server may ignore the range, and send all of it.
    let skip = answer.statusCode === 206 ? this.#misplaced(answer, offset) : offset;
    try {
      for await (const chunk of answer) {
        const bytes = chunk as Buffer;
        if (skip < bytes.length) yield skip === 0 ? bytes : bytes.subarray(skip);
        skip = Math.max(0, skip - bytes.length);
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      throw networkFault(this.#options.location, error);
    } finally {
      answer.destroy();
    }
  }

  async write(key: string, file: OutgoingFile, options: TransferOptions): Promise<void> {
    const headers = { 'content-length': String(file.bytes), 'content-type': 'application/octet-stream' };
    const answer = await this.#send(key, headers, file, options);
    answer.resume();
    this.#refuseFailure(answer, key);
  }

  close(): Promise<void> {
    this.#agents.httpAgent.destroy();
    this.#agents.httpsAgent.destroy();
    return Promise.resolve();
  }

  /** Throws unless the part begins where it should. */
  #misplaced(answer: IncomingMessage, offset: number): number {
    const start = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1];
    if (Number(start) === offset) return 0;
    answer.destroy();
    throw unreachable(this.#options.location, `expected bytes from ${offset}, got ${start ?? 'others'}`);
  }

  async #ask(method: string, key: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    let url = this.#urlOf(key);
    for (let hops = 0; hops <= REDIRECTS; hops += 1) {
      const answer = await this.#open(method, url, headers);
      const { location } = answer.headers;
      if (
        answer.statusCode === undefined ||
        ![301, 302, 303, 307, 308].includes(answer.statusCode) ||
        location === undefined
      ) {
        return answer;
      }
      answer.destroy();
      url = new URL(location, url);
      if (url.protocol !== 'https:' && url.protocol !== new URL(this.#options.url).protocol) break;
    }
    throw refused(this.#options.location, `redirected too often, or away from ${new URL(this.#options.url).protocol}`);
  }

  #open(method: string, url: URL, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = this.#request(url, { method, headers });
      request.once('response', resolve);
      request.once('error', (error) => {
        if (wasLeft(request, error)) resolve(this.#open(method, url, headers));
        else reject(this.#faultOf(error));
      });
      request.end();
    });
  }

  #send(
    key: string,
    headers: Readonly<Record<string, string>>,
    file: OutgoingFile,
    options: TransferOptions,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = this.#request(this.#urlOf(key), { method: this.#options.method, headers });
      const source = createReadStream(file.path, { highWaterMark: CHUNK_BYTES });
      let sent = 0;
      source.on('data', (chunk) => {
        sent += chunk.length;
        options.moved?.(chunk.length);
      });
      request.once('response', resolve);
      request.once('error', (error) => {
        if (!wasLeft(request, error)) return reject(this.#faultOf(error));
        options.moved?.(-sent);
        resolve(this.#send(key, headers, file, options));
      });
      pipeline(source, request).catch((error: unknown) => reject(this.#faultOf(error)));
    });
  }

  #request(url: URL, options: Pick<RequestOptions, 'method' | 'headers'>): ClientRequest {
    const { location, timeout, headers } = this.#options;
    const isHome = url.origin === new URL(this.#options.url).origin;
    const isPlain = url.protocol === 'http:';
    const proxy = this.#askedProxy(url);
    const form = proxy === undefined ? undefined : absoluteForm(proxy, url, `${url.pathname}${url.search}`);
    const { httpAgent, httpsAgent } = this.#agents;
    const request = (isPlain ? requestHttp : requestHttps)(url, {
      ...form,
      method: options.method,
      // A compressed body would have other bytes, and another length.
      headers: { 'accept-encoding': 'identity', ...(isHome ? headers : {}), ...options.headers, ...form?.headers },
      signal: this.#signal,
      timeout,
      agent: isPlain ? httpAgent : httpsAgent,
    });
    request.once('timeout', () => request.destroy(unreachable(location, `silent for ${timeout / 1000} s`)));
    return request;
  }

  /** Returns the proxy that is asked itself; those for `https` see only a tunnel. */
  #askedProxy(url: URL): URL | undefined {
    return url.protocol === 'http:' ? findProxy(this.#options.env, url, this.#options.location) : undefined;
  }

  #faultOf(error: unknown): unknown {
    return this.#signal.aborted ? this.#signal.reason : networkFault(this.#options.location, error);
  }

  #refuseFailure({ statusCode = 0 }: IncomingMessage, key: string): void {
    if (statusCode >= 200 && statusCode < 300) return;
    const url = this.#urlOf(key);
    const proxy = this.#askedProxy(url);
    if (statusCode === 407 && proxy !== undefined) throw proxyRefusal(this.#options.location, proxy, url, statusCode);
    const problem = `HTTP status ${statusCode} for ${key}`;
    const isPassing = statusCode >= 500 || statusCode === 408 || statusCode === 429;
    throw (isPassing ? unreachable : refused)(this.#options.location, problem);
  }

  #urlOf(key: string): URL {
    return new URL(`${this.#options.url}/${key}`);
  }
}

/**
 * Tells whether a server closed a kept connection while a request was on its way there, as it may after some idle seconds:
 * the request then goes out again (RFC 9112 §9.3.1), at last over a new connection. Nothing here does harm twice.
 */
function wasLeft({ reusedSocket }: ClientRequest, { code }: NodeJS.ErrnoException): boolean {
  return reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
}
