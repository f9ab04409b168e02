/** `git http-backend` behind a web server, in a process of its own so that serving takes no time from measuring. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment } from './child-environment.ts';
import { taskArgv } from './programs.ts';

/** Where the server says what it has sent; no repository has that name. */
export const SENT_PATH = '/bytes-sent';

/** A running server. */
export interface HttpServer {
  /** The URL of a repository in a folder below the root. */
  url(name: string): string;
  /** Bytes of answers so far. */
  sent(): Promise<number>;
}

/** Serves every repository below a folder while `work` runs; anonymous pushes are allowed. */
export async function withHttpServer<T>(root: string, work: (server: HttpServer) => Promise<T>): Promise<T> {
  const [command, ...args] = taskArgv('serve', root);
  const server = spawn(command, args, { env: childEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    const base = `http://127.0.0.1:${port.toString().trim()}`;
    return await work({
      url: (name) => `${base}/${name}`,
      sent: async () => Number(await (await fetch(`${base}${SENT_PATH}`, { headers: { connection: 'close' } })).text()),
    });
  } finally {
    server.kill();
  }
}
