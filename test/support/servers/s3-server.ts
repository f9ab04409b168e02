/** A real S3 server, versitygw, over a folder. Where it is missing tests are skipped by name; under CI it is built from its Go module. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-repository.ts';
import { toolFolder } from '../tool-folder.ts';
import { freePort, startServer, waitForPort } from './child-server.ts';

const VERSION = 'v1.8.0';
const MODULE = 'github.com/versity/versitygw/cmd/versitygw';

/** A running server. */
export interface S3Server {
  readonly port: number;
  /** The folder that is the bucket `models`. */
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Returns the program; undefined where it is missing and this is not CI. */
export function findS3Server(): string | undefined {
  const folder = toolFolder(`versitygw-${VERSION}`);
  const program = join(folder, 'versitygw');
  if (existsSync(program)) return program;
  if (process.env['CI'] !== 'true') return spawnSync('versitygw', ['--version']).status === 0 ? 'versitygw' : undefined;
  execFileSync('go', ['install', `${MODULE}@${VERSION}`], {
    env: { ...process.env, GOBIN: folder, GOTOOLCHAIN: 'auto', GOFLAGS: '-trimpath' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return program;
}

/** Starts one with an empty bucket; it ends with the running test. */
export async function startS3(options: { readonly args?: readonly string[] } = {}): Promise<S3Server> {
  const program = findS3Server();
  if (program === undefined) throw new Error('versitygw is missing');
  const root = temporaryFolder();
  const [data, sidecar, bucket] = [join(root, 'data'), join(root, 'sidecar'), join(root, 'data', 'models')];
  for (const folder of [data, sidecar, bucket]) mkdirSync(folder);
  const port = await freePort();
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
