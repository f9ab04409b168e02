/** The options of DVC's s3 remote. */
import type { OpenContext } from '../open-context.ts';
import type { RemoteOptions } from '../remote-options.ts';
import type { FoundRemote } from '../remote-search.ts';
import { badRemote } from './remote-fault.ts';
import type { S3Options } from './s3-client.ts';
import type { RemoteTransport } from './transport.ts';

/** Opens a bucket; undefined where an option is none of ours. Throws `bad-weights-remote`, `permission`, `io`. */
export async function openS3Remote(
  found: FoundRemote,
  options: RemoteOptions,
  { env, signal }: OpenContext,
): Promise<RemoteTransport | undefined> {
  const [, bucket, path = ''] = /^s3:\/\/([^/]+)\/*(.*)$/i.exec(found.url) ?? [];
  if (bucket === undefined) throw badRemote(found.name, `expected s3://BUCKET/PREFIX, got ${found.url}`);
  const decoded: S3Options = {
    bucket,
    prefix: path === '' ? '' : `${path.replace(/\/+$/, '')}/`,
    location: `s3://${bucket}/${path}`,
    region: options.text('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'],
    profile: options.text('profile'),
    keys: keysOf(found, options),
    isAnonymous: options.flag('allow_anonymous_login') ?? false,
    endpoint: options.text('endpointurl'),
    useTls: options.flag('use_ssl') ?? true,
    verify: options.trust('ssl_verify'),
    sse: options.text('sse'),
    acl: options.text('acl'),
    env,
  };
  if (options.unknown().length > 0) return undefined;
  const { openS3 } = await import('./s3-transport.ts');
  return openS3(decoded, signal);
}

function keysOf(found: FoundRemote, options: RemoteOptions): S3Options['keys'] {
  const accessKeyId = options.text('access_key_id');
  const secretAccessKey = options.text('secret_access_key');
  const sessionToken = options.text('session_token');
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw badRemote(found.name, 'expected both access_key_id and secret_access_key, got one');
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
