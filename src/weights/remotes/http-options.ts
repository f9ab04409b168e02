/** The options of DVC's http remote. */

import type { OpenContext } from '../open-context.ts';
import type { RemoteOptions } from '../remote-options.ts';
import type { FoundRemote } from '../remote-search.ts';
import { locationOf } from '../remote-url.ts';
import { HttpTransport } from './http-transport.ts';
import { badRemote } from './remote-fault.ts';
import type { RemoteTransport } from './transport.ts';

/** DVC's: a minute without a byte. */
const TIMEOUT = 60_000;

/** Opens a web server; undefined where an option is none of ours. Throws `bad-weights-remote`, `permission`, `io`. */
export async function openHttp(
  found: FoundRemote,
  options: RemoteOptions,
  { env, signal }: OpenContext,
): Promise<RemoteTransport | undefined> {
  const url = new URL(found.url);
  const headers = headersOf(found, options, url);
  const timeout = options.whole('read_timeout');
  const connectTimeout = options.whole('connect_timeout');
  const method = options.text('method')?.toUpperCase() ?? 'POST';
  if (method !== 'POST' && method !== 'PUT') throw badRemote(found.name, `method: expected POST or PUT, got ${method}`);
  const verify = options.trust('ssl_verify');
  if (options.unknown().length > 0) return undefined;
  return new HttpTransport(
    {
      url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
      location: locationOf(found.url),
      headers,
      method,
      verify,
      timeout: (timeout ?? connectTimeout) === undefined ? TIMEOUT : 1000 * (timeout ?? connectTimeout ?? 0),
      env,
    },
    signal,
  );
}

function headersOf(found: FoundRemote, options: RemoteOptions, url: URL): Readonly<Record<string, string>> {
  const kind = options.text('auth')?.toLowerCase();
  const user = options.text('user') ?? decodeURIComponent(url.username);
  const password = options.text('password') ?? decodeURIComponent(url.password);
  const header = options.text('custom_auth_header');
  if (kind === 'custom') {
    if (header === undefined) throw badRemote(found.name, 'auth = custom: expected custom_auth_header, got none');
    return { [header]: password };
  }
  if (kind !== undefined && kind !== 'basic')
    throw badRemote(found.name, `auth: expected basic or custom, got ${kind}`);
  if (user === '') return {};
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
