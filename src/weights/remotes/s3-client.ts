/** A connection to a bucket, and the errors of the SDK as faults. */
import { Agent } from 'node:https';
import { RegistryError } from '../../domain/errors.ts';
import { S3Client, type S3ClientConfig } from './aws-sdk.ts';
import { networkFault, refused, unreachable } from './remote-fault.ts';

/** How to reach a bucket: DVC's options, decoded. */
export interface S3Options {
  readonly bucket: string;
  /** Before the keys: empty, or ending in a slash. */
  readonly prefix: string;
  readonly location: string;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly keys:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
  readonly isAnonymous: boolean;
  readonly endpoint: string | undefined;
  readonly useTls: boolean;
  /** Trust nobody but these, in PEM, or anybody (`false`). */
  readonly verify: boolean | string;
  readonly sse: string | undefined;
  readonly acl: string | undefined;
}

/** What S3 answers where the region does not matter to a server. */
const FALLBACK_REGION = 'us-east-1';

/** The SDK warns of versions of Node that its later releases leave: of no use to those who run this one (ADR 7). */
const SILENCE = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

/** Signs nothing; empty credentials keep the SDK from looking for others. */
const ANONYMOUS: S3ClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: (request) => Promise.resolve(request) },
};

/** Returns a client. Credentials that are not configured come from where AWS's own tools take them. */
export async function openClient(options: S3Options): Promise<S3Client> {
  process.env[SILENCE] ??= 'true';
  const client = connect(options, {});
  if (options.region !== undefined) return client;
  try {
    await client.config.region();
    return client;
  } catch {
    // Other servers have no regions, and their users none configured.
    return connect(options, { region: FALLBACK_REGION });
  }
}

function connect(options: S3Options, told: S3ClientConfig): S3Client {
  const client = new S3Client({ ...toConfig(options), ...told });
  if (options.useTls || options.endpoint !== undefined) return client;
  // The SDK has an option for this, `tls`, and does not look at it: its rules for Amazon's names are all for TLS.
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args;
      if (typeof request === 'object' && request !== null && 'protocol' in request) request.protocol = 'http:';
      return next(args);
    },
    { step: 'build', name: 'inTheClear' },
  );
  return client;
}

function toConfig(options: S3Options): S3ClientConfig {
  const { region, profile, keys, endpoint, verify } = options;
  const httpsAgent = new Agent({
    keepAlive: true,
    maxSockets: 64,
    rejectUnauthorized: verify !== false,
    ...(typeof verify === 'string' ? { ca: verify } : {}),
  });
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(keys === undefined ? {} : { credentials: keys }),
    ...(options.isAnonymous ? ANONYMOUS : {}),
    // A server of one's own is seldom reachable by a name per bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    followRegionRedirects: true,
    // Every upload carries its MD5, which all servers check; trailers of newer kinds many refuse.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { httpsAgent, connectionTimeout: 20_000, requestTimeout: 120_000 },
  };
}

/** What the SDK throws. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Tells whether an error says that there is no such key (or bucket). */
export function isNotFound(error: unknown): boolean {
  return (error as SdkError).$metadata?.httpStatusCode === 404;
}

/** Tells whether an error says that an upload in parts is over. */
export function isEndedUpload(error: unknown): boolean {
  return (error as SdkError).name === 'NoSuchUpload';
}

/** Returns an error of the SDK as a fault. */
export function toFault({ location }: S3Options, error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  const { name = '', message = '', $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  if (name === 'CredentialsProviderError') return refused(location, `no credentials: ${message}`, error);
  if (status === undefined) return networkFault(location, error);
  const problem = `${name}${message === '' || message === name ? '' : `: ${message}`} (HTTP status ${status})`;
  return status >= 500 || status === 408 || status === 429
    ? unreachable(location, problem, error)
    : refused(location, problem, error);
}
