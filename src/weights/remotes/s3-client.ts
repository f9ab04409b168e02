/** A connection to a bucket, and the errors of the SDK as faults. */
import { rootCertificates } from 'node:tls';
import { RegistryError } from '../../domain/errors.ts';
import type { Environment } from '../dvc-config.ts';
import { S3Client, type S3ClientConfig } from './aws-sdk.ts';
import { trustOf } from './proxy-agents.ts';
import { networkFault, refused, unreachable } from './remote-fault.ts';
import { S3Handler } from './s3-handler.ts';

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
  /** Names the proxies. */
  readonly env: Environment;
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
export async function openClient(options: S3Options, signal: AbortSignal): Promise<S3Client> {
  process.env[SILENCE] ??= 'true';
  const client = connect(options, {}, signal);
  if (options.region !== undefined) return client;
  try {
    await client.config.region();
    return client;
  } catch {
    // Other servers have no regions, and their users none configured.
    return connect(options, { region: FALLBACK_REGION }, signal);
  }
}

function connect(options: S3Options, told: S3ClientConfig, signal: AbortSignal): S3Client {
  const client = new S3Client({ ...toConfig(options), ...handlers(options, signal), ...told });
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

/** Returns what sends requests: the bucket's, and those of the SDK's clients that fetch credentials from Amazon. */
function handlers(options: S3Options, signal: AbortSignal): S3ClientConfig {
  const { env, location, verify } = options;
  const requestHandler = new S3Handler({ env, location, trust: trustOf(verify) }, signal);
  if (options.keys !== undefined || options.isAnonymous) return { requestHandler };
  const trust = typeof verify === 'string' ? { ca: [...rootCertificates, verify] } : {};
  // The SDK hands this on to them: only some would take the bucket's, and `ssl_verify = false` must not hold for theirs.
  const nested = { clientConfig: { requestHandler: new S3Handler({ env, location, trust }, signal) } };
  return { requestHandler, ...nested };
}

function toConfig(options: S3Options): S3ClientConfig {
  const { region, profile, keys, endpoint } = options;
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
