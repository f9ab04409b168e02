/** The real `git http-backend` behind Node's web server. */
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One CGI call. With `cut` the backend runs to its end and the client gets nothing. */
export function serveGit(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
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
