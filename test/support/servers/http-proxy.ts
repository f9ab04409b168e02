/** A real forward proxy for HTTP: it passes requests on, and opens tunnels. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createConnection } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Certificate } from '../certificate.ts';

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
      answer.pipe(response);
    });
    onward.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/html' }).end(PAGE);
    });
    incoming.pipe(onward);
    return response;
  });
  server.on('connect', (incoming: IncomingMessage, client) => {
    if (!isWelcome(incoming)) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host, port] = (incoming.url ?? '').split(':');
    const upstream = createConnection(Number(port), host);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    const fail = (): unknown => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    upstream.once('error', fail);
    client.on('error', end).on('close', end);
    upstream.once('connect', () => {
      // What an upstream said before it hung up still goes down.
      upstream.off('error', fail).on('error', end);
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
