/** A real S3 server, versitygw, over a folder, as .ci/install-peers builds it. Where it is missing tests are skipped by name, but not under CI. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-repository.ts';
import { toolFolder } from '../tool-folder.ts';
import { reservePort, startServer, waitForPort } from './child-server.ts';

const VERSION = 'v1.8.0';

/** A running server. */
export interface S3Server {
  readonly port: number;
  /** The folder that is the bucket `models`. */
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Returns the program; undefined where it is missing, and tests of it are to be skipped. */
export function findS3Server(): string | undefined {
  const program = join(toolFolder(`versitygw-${VERSION}`), 'versitygw');
  // Under CI a test that needs it then fails.
  return existsSync(program) || process.env['CI'] === 'true' ? program : undefined;
}

/** Starts one with an empty bucket; it ends with the running test. */
export async function startS3(options: { readonly args?: readonly string[] } = {}): Promise<S3Server> {
  const program = findS3Server();
  if (program === undefined) throw new Error('versitygw is missing');
  const root = temporaryFolder();
  const [data, sidecar, bucket] = [join(root, 'data'), join(root, 'sidecar'), join(root, 'data', 'models')];
  for (const folder of [data, sidecar, bucket]) mkdirSync(folder);
  const port = await reservePort();
  const [accessKey, secretKey] = ['AKIAREGISTRYTEST', 'secret/registry+test'];
  const keys = ['--access', accessKey, '--secret', secretKey];
  const child = startServer(program, [
    '--port',
    `127.0.0.1:${port}`,
    ...keys,
    '--quiet',
    ...(options.args ?? []),
    'posix',
    '--sidecar',
    sidecar,
    data,
  ]);
  await waitForPort(port, child);
  return { port, bucket, accessKey, secretKey };
}
