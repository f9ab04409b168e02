/** A real forward proxy for HTTP: it passes requests on, and opens tunnels. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createConnection, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Certificate } from '../certificate.ts';
import { endTogether } from './network.ts';

/** A running proxy. */
export interface HttpProxy {
  readonly port: number;
  /** What it was asked, in order: `GET http://host/path`, `CONNECT host:port`. */
  readonly asked: readonly string[];
}

/** What an error of a proxy looks like. */
const PAGE = '<!DOCTYPE html><html><body><p>No<br>way</body></html>';

/** Starts one; it ends with the running test. `secret`: the `Proxy-Authorization` that it wants; `tls`: spoken to it. */
export async function startHttpProxy(secret?: string, tls?: Certificate): Promise<HttpProxy> {
  const asked: string[] = [];
  const isWelcome = ({ method, url, headers }: IncomingMessage): boolean => {
    asked.push(`${method} ${url}`);
    return secret === undefined || headers['proxy-authorization'] === secret;
  };
  const pems = tls === undefined ? undefined : { key: readFileSync(tls.key), cert: readFileSync(tls.cert) };
  const server = pems === undefined ? createServer() : createSecureServer(pems);
  server.on('request', (incoming, response) => {
    if (!isWelcome(incoming)) return response.writeHead(407, { 'content-type': 'text/html' }).end(PAGE);
    const { host: _host, 'proxy-authorization': _secret, ...headers } = incoming.headers;
    const onward = request(incoming.url ?? '', { method: incoming.method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // An answer that is cut short is cut short for the client, too.
      pipeline(answer, response, () => undefined);
    });
    onward.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/html' }).end(PAGE);
    });
    incoming.once('close', () => incoming.complete || onward.destroy());
    incoming.pipe(onward);
    return response;
  });
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    // A client that is refused may hang up before it has heard all.
    client.on('error', () => undefined);
    if (!isWelcome(incoming)) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host, port] = (incoming.url ?? '').split(':');
    const upstream = createConnection({ port: Number(port), host: host ?? '', allowHalfOpen: true });
    const fail = (): unknown => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    upstream.once('error', fail);
    client.once('close', () => upstream.destroy());
    upstream.once('connect', () => {
      upstream.off('error', fail);
      endTogether(client, upstream);
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(upstream);
      upstream.pipe(client);
    });
    return client;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}
