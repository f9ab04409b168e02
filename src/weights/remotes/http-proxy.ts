/** Proxies as the environment names them, the way DVC and curl read it: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`. */
import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Environment } from '../dvc-config.ts';
import { refused, unreachable } from './remote-fault.ts';

/** What a certificate is judged by. */
export interface Trust {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
}

/** A proxy, and what it takes to get past it. */
export interface ProxyUse {
  readonly proxy: URL;
  readonly trust: Trust;
  /** Of the remote, for messages. */
  readonly location: string;
  /** Milliseconds without a byte. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Returns the proxy for a URL, or undefined. Throws `weights-remote-refused` for one that does not speak HTTP. */
export function findProxy(env: Environment, url: URL, location: string): URL | undefined {
  const scheme = url.protocol.slice(0, -1);
  // A web server puts a client's header `Proxy` there.
  const isForged = scheme === 'http' && env['REQUEST_METHOD'] !== undefined;
  const told = env[`${scheme}_proxy`] ?? (isForged ? undefined : env[`${scheme.toUpperCase()}_PROXY`]);
  const text = told ?? env['all_proxy'] ?? env['ALL_PROXY'] ?? '';
  if (text === '' || isExempt(env['no_proxy'] ?? env['NO_PROXY'] ?? '', url)) return undefined;
  const full = text.includes('://') ? text : `http://${text}`;
  const proxy = URL.canParse(full) ? new URL(full) : undefined;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  throw refused(location, `the proxy of the environment for ${scheme}: expected http://HOST:PORT, got something else`);
}

/** `*`, or names that the host has or is below, each perhaps with a port. */
function isExempt(list: string, url: URL): boolean {
  const host = bare(url.hostname);
  const port = portOf(url);
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', itsPort = port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
      const wanted = isIP(entry) === 6 ? entry : bare(name);
      return wanted !== '' && String(itsPort) === port && (host === wanted || host.endsWith(`.${wanted}`));
    });
}

/** Returns what makes a request go to the proxy instead, which passes it on: for `http`. */
export function throughProxy(
  proxy: URL,
  url: URL,
): RequestOptions & { readonly headers: Readonly<Record<string, string>> } {
  return {
    protocol: proxy.protocol,
    hostname: bare(proxy.hostname),
    port: portOf(proxy),
    path: url.href,
    headers: { host: url.host, ...authorization(proxy) },
  };
}

/** Returns what makes a request go through a tunnel that the proxy opens: for `https`, whose bytes it cannot read. */
export function throughTunnel(use: ProxyUse, url: URL): Omit<RequestOptions, 'headers'> {
  // Without an agent: one would keep the sockets of all proxies and remotes in one pool.
  return {
    createConnection: (_options, done) => {
      openTunnel(use, url).then(
        (socket) => {
          const servername = isIP(bare(url.hostname)) === 0 ? { servername: url.hostname } : {};
          done(null, connectTls({ socket: socket as Socket, host: bare(url.hostname), ...servername, ...use.trust }));
        },
        (error: Error) => done(error, undefined as unknown as Duplex),
      );
      return undefined;
    },
  };
}

function openTunnel({ proxy, trust, location, timeout, signal }: ProxyUse, url: URL): Promise<Duplex> {
  const target = `${url.hostname}:${portOf(url)}`;
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https:' ? requestHttps : requestHttp)({
      ...{ hostname: bare(proxy.hostname), port: portOf(proxy), method: 'CONNECT', path: target, agent: false },
      headers: { host: target, ...authorization(proxy) },
      ...{ timeout, signal },
      ...trust,
    });
    request.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject((statusCode >= 500 ? unreachable : refused)(location, `proxy ${proxy.host}: HTTP status ${statusCode}`));
    });
    request.once('response', () => reject(refused(location, `proxy ${proxy.host}: it opens no tunnel`)));
    request.once('timeout', () =>
      request.destroy(unreachable(location, `proxy ${proxy.host}: silent for ${timeout / 1000} s`)),
    );
    request.once('error', reject);
    request.end();
  });
}

function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

/** A host without the brackets of an IPv6 address. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
