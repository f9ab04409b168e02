/**
 * The HTTP that a listing takes, as isomorphic-git calls it: no redirect, no credentials, a cap on bytes and time. Whoever
 * needs more of HTTP is served by git itself.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { RegistryError } from '../../domain/errors.ts';

/** What isomorphic-git sends. */
export interface HttpCall {
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?: Record<string, string> | undefined;
  readonly body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined;
}

/** What it gets. */
export interface HttpAnswer {
  readonly url: string;
  readonly method: string;
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Record<string, string>;
  readonly body: AsyncIterableIterator<Uint8Array>;
  /** The body again. */
  readonly bytes: Buffer;
}

/** A server that says nothing for so many milliseconds is given up. */
const SILENCE = 30_000;
/** What is said of a connection that the other side has closed. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE']);

/** A client for a few calls to one server, over one connection where they follow each other. */
export class HttpClient {
  readonly #agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };
  /** Each server is asked once what it can do. */
  readonly #discovered = new Map<string, Promise<readonly [IncomingMessage, Buffer]>>();
  #left: number;

  /** `bytes`: what all answers together may take. */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Calls. An answer is read whole before it is handed on. */
  async request(call: HttpCall): Promise<HttpAnswer> {
    const { url, method = 'GET' } = call;
    const [response, body] = await (method === 'GET' ? this.#discover(url, call) : this.#call(url, method, call));
    return {
      url,
      method,
      statusCode: response.statusCode ?? 0,
      statusMessage: response.statusMessage ?? '',
      headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
      body: inOnePiece(body),
      bytes: body,
    };
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #discover(url: string, call: HttpCall): Promise<readonly [IncomingMessage, Buffer]> {
    const known = this.#discovered.get(url) ?? this.#call(url, 'GET', call);
    this.#discovered.set(url, known);
    return known;
  }

  async #call(url: string, method: string, call: HttpCall): Promise<readonly [IncomingMessage, Buffer]> {
    const sent: Uint8Array[] = [];
    for await (const chunk of call.body ?? []) sent.push(chunk);
    const response = await this.#send(url, method, call.headers ?? {}, Buffer.concat(sent));
    const received: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) {
      this.#left -= chunk.length;
      if (this.#left < 0) throw new RegistryError('remote-too-large', `${method}: more bytes than the caps allow`);
      received.push(chunk);
    }
    return [response, Buffer.concat(received)];
  }

  #send(url: string, method: string, headers: Record<string, string>, body: Buffer): Promise<IncomingMessage> {
    const isSecure = url.startsWith('https:');
    const options = { method, headers, agent: this.#agents[isSecure ? 'https:' : 'http:'], timeout: SILENCE };
    return new Promise((resolve, reject) => {
      const sending = (isSecure ? httpsRequest : httpRequest)(url, options, resolve);
      sending.on('error', (cause: NodeJS.ErrnoException) => {
        // A server may close a kept connection while the next call is sent. Calls only read, so that one is sent again.
        if (sending.reusedSocket && BROKEN.has(cause.code ?? '')) resolve(this.#send(url, method, headers, body));
        else reject(cause);
      });
      sending.on('timeout', () => sending.destroy(new Error('timed out')));
      sending.end(body);
    });
  }
}

async function* inOnePiece(body: Buffer): AsyncGenerator<Uint8Array, void, undefined> {
  yield body;
}
