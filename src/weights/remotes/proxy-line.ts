/** Connections to proxies, and the tunnels that they open. */
import { type ClientRequestArgs, request } from 'node:http';
import type { AgentOptions } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Environment } from '../dvc-config.ts';
import { authorization, bare, findProxy, portOf, proxyRefusal } from './http-proxy.ts';
import { networkFault } from './remote-fault.ts';

/** What leads a connection. */
export interface Route {
  /** Names the proxies. */
  readonly env: Environment;
  /** Of the remote, for messages. */
  readonly location: string;
  /** Milliseconds that a proxy may be silent. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** What certificates are judged by, and how connections are kept. */
export type Keeping = Pick<AgentOptions, 'rejectUnauthorized' | 'ca' | 'maxSockets' | 'scheduling' | 'timeout'>;

/** The way to the proxies of one remote. */
export class ProxyLine {
  readonly #route: Route;
  readonly #keeping: Keeping;
  readonly #end = new AbortController();

  constructor(route: Route, keeping: Keeping) {
    this.#route = route;
    this.#keeping = keeping;
  }

  /** Returns the proxy for a connection, if there is one. Throws `weights-remote-refused`. */
  proxyFor(protocol: string, options: ClientRequestArgs): URL | undefined {
    return findProxy(this.#route.env, urlOf(protocol, options), this.#route.location);
  }

  /** Gives up what is not connected yet; the rest is the agent's. */
  close(): void {
    this.#end.abort();
  }

  /** Returns a connection to a proxy. */
  reach(proxy: URL): Promise<Socket> {
    const { rejectUnauthorized, ca } = this.#keeping;
    const place = { host: bare(proxy.hostname), port: Number(portOf(proxy)) };
    const name = isIP(place.host) === 0 ? { servername: place.host } : {};
    const isSecure = proxy.protocol === 'https:';
    const socket = isSecure ? connectTls({ ...place, ...name, rejectUnauthorized, ca }) : connect(place);
    return this.#wait(proxy, socket, (resolve) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', resolve);
    });
  }

  /** Returns a connection that a proxy made to a host. */
  async openTunnel(proxy: URL, url: URL): Promise<Socket> {
    const target = `${url.hostname}:${portOf(url)}`;
    const socket = await this.reach(proxy);
    const headers = { host: target, connection: 'keep-alive', ...authorization(proxy) };
    return this.#wait(proxy, socket, (resolve, reject) => {
      const asked = request({ createConnection: () => socket, method: 'CONNECT', path: target, headers });
      asked.once('connect', ({ statusCode = 0 }) => {
        if (statusCode === 200) resolve();
        else reject(proxyRefusal(this.#route.location, proxy, url, statusCode));
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  /** Waits for a step of a connection. What fails is said of the proxy, not of the remote. */
  async #wait(
    proxy: URL,
    socket: Socket,
    step: (resolve: () => void, reject: (error: unknown) => void) => void,
  ): Promise<Socket> {
    const { location, timeout, signal } = this.#route;
    const end = AbortSignal.any([signal, this.#end.signal]);
    const stop = (): unknown => socket.destroy(new Error('stopped'));
    const silent = (): unknown => socket.destroy(timedOut(`silent for ${timeout / 1000} s`));
    try {
      await new Promise<void>((resolve, reject) => {
        end.addEventListener('abort', stop);
        // Stays, so that a late error has somebody who hears it.
        socket.on('error', reject).setTimeout(timeout).once('timeout', silent);
        if (end.aborted) stop();
        step(resolve, reject);
      });
      return socket.setTimeout(0);
    } catch (error) {
      socket.destroy();
      throw networkFault(location, error, `proxy ${proxy.host}`);
    } finally {
      socket.off('timeout', silent);
      end.removeEventListener('abort', stop);
    }
  }
}

/** With a code by which it is tried again. */
function timedOut(problem: string): Error {
  return Object.assign(new Error(problem), { code: 'ETIMEDOUT' });
}

/** Returns the URL that a connection is for, as far as it matters to a proxy. */
export function urlOf(protocol: string, { host, port }: ClientRequestArgs): URL {
  const name = host ?? 'localhost';
  return new URL(`${protocol}//${isIP(name) === 6 ? `[${name}]` : name}:${port ?? ''}`);
}
