/** Git over HTTP as it is in the world: the real `git http-backend` behind a small web server on loopback. */
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server under test. */
export interface HttpGitServer {
  /** The URL of the repository in a folder below the root. */
  url(name: string): string;
  /** Bytes sent to clients so far. */
  sent(): number;
  /** Cuts the line after so many more pushes were carried out, before the client hears of it. */
  cutAfter(pushes: number): void;
}

/** Serves every repository below a folder; anonymous pushes are allowed. It ends with the running test. */
export async function httpGitServer(
  root: string,
  environment: Readonly<Record<string, string>>,
): Promise<HttpGitServer> {
  const state = { sent: 0, cut: Infinity };
  const server = createServer((request, response) => {
    const isPush = request.method === 'POST' && (request.url ?? '').endsWith('/git-receive-pack');
    const isCut = isPush && state.cut === 0;
    if (isPush) state.cut -= 1;
    serve(root, environment, request, response, isCut, (bytes) => {
      state.sent += bytes;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `http://127.0.0.1:${port}/${name}`,
    sent: () => state.sent,
    cutAfter: (pushes) => {
      state.cut = pushes;
    },
  };
}

/** One CGI call. With `cut` the backend runs to its end and the client gets nothing. */
function serve(
  root: string,
  environment: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
  cut: boolean,
  count: (bytes: number) => void,
): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: header('git-protocol'),
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      REMOTE_USER: 'tester',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => {
    if (cut) {
      response.destroy();
      return;
    }
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf('\r\n\r\n');
    const headers = answer.subarray(0, end).toString('latin1').split('\r\n');
    for (const line of headers) {
      const [name = '', ...rest] = line.split(': ');
      if (name === 'Status') response.statusCode = Number.parseInt(rest.join(': '), 10);
      else response.setHeader(name, rest.join(': '));
    }
    count(answer.length);
    response.end(answer.subarray(end + 4));
  });
}
