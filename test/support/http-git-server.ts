/** Git over HTTP as it is in the world: the real `git http-backend` behind a small web server on loopback. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { serveGit } from './git-backend.ts';

/** A server under test. */
export interface HttpGitServer {
  /** The URL of the repository in a folder below the root. */
  url(name: string): string;
  /** Bytes sent to clients so far. */
  sent(): number;
  /** Cuts the line after so many more pushes were carried out, before the client hears of it. */
  cutAfter(pushes: number): void;
}

/** Serves every repository below a folder; anonymous pushes are allowed. It ends with the running test. `isBusy`: answer 503. */
export async function httpGitServer(
  root: string,
  environment: Readonly<Record<string, string>>,
  isBusy: () => boolean = () => false,
): Promise<HttpGitServer> {
  const state = { sent: 0, cut: Infinity };
  // A connection that is kept is closed by the client alone: one closed for its silence may just be used again.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    if (isBusy()) return void response.writeHead(503).end();
    const isPush = request.method === 'POST' && (request.url ?? '').endsWith('/git-receive-pack');
    const isCut = isPush && state.cut === 0;
    if (isPush) state.cut -= 1;
    serveGit(root, environment, request, response, isCut, (bytes) => {
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
