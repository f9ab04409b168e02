/** Proxies as the environment names them, the way DVC and curl read it: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`. */
import { isIP } from 'node:net';
import { unescape as unescapeText } from 'node:querystring';
import type { RegistryError } from '../../domain/errors.ts';
import type { Environment } from '../dvc-config.ts';
import { refused, unreachable } from './remote-fault.ts';

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

/** Returns what a request for `http` says to a proxy, which passes it on; `PATH` may have a query. */
export function absoluteForm(
  proxy: URL,
  { origin }: URL,
  path: string,
): { readonly path: string; readonly headers: Readonly<Record<string, string>> } {
  return { path: `${origin}${path}`, headers: authorization(proxy) };
}

/** Returns the fault of a proxy that does not let a request for a URL through. */
export function proxyRefusal(location: string, proxy: URL, url: URL, statusCode: number): RegistryError {
  const problem = `proxy ${proxy.host}: HTTP status ${statusCode}`;
  // The SDK of S3 tries again what has such a cause.
  const cause = Object.assign(new Error(problem), { code: 'ECONNREFUSED' });
  if (statusCode >= 500) return unreachable(location, problem, cause);
  if (statusCode !== 407)
    return refused(location, problem, undefined, `export no_proxy="$no_proxy,${bare(url.hostname)}"`);
  const wanted = proxy.username === '' ? 'it wants a user and a password' : 'wrong user or password';
  const variable = `${url.protocol.slice(0, -1)}_proxy`;
  const hint = `export ${variable}=${proxy.protocol}//USER:PASSWORD@${proxy.host}`;
  return refused(location, `${problem}, ${wanted}`, undefined, hint);
}

/** Returns the header by which a proxy knows its user. */
export function authorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  // Takes a stray % for itself, as curl does.
  const pair = `${unescapeText(username)}:${unescapeText(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Returns a URL's port, also where it is the usual one. */
export function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

/** Returns a host without the brackets of an IPv6 address. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
