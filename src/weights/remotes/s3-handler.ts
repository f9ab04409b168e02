/** Requests of the AWS SDK, through the proxies that the environment names. */
import type { Environment } from '../dvc-config.ts';
import { NodeHttpHandler } from './aws-sdk.ts';
import { absoluteForm, findProxy, proxyRefusal } from './http-proxy.ts';
import { openAgents } from './proxy-agents.ts';
import type { Keeping } from './proxy-line.ts';

/** Where requests go, and what certificates are judged by. */
interface S3Route {
  readonly env: Environment;
  readonly location: string;
  readonly trust: Pick<Keeping, 'rejectUnauthorized' | 'ca'>;
}

type SdkRequest = Parameters<NodeHttpHandler['handle']>[0];
type SdkOptions = Parameters<NodeHttpHandler['handle']>[1];
type SdkAnswer = ReturnType<NodeHttpHandler['handle']>;

/** Milliseconds until there is a connection, and those of them that a proxy has: its fault then is told, not the SDK's. */
const CONNECTION_TIMEOUT = 20_000;
const PROXY_TIMEOUT = 15_000;

/** Sends requests of a bucket's client, or of those that fetch credentials for it. */
export class S3Handler extends NodeHttpHandler {
  readonly #route: S3Route;

  constructor(route: S3Route, signal: AbortSignal) {
    const { env, location, trust } = route;
    const kept = { ...trust, maxSockets: 64 };
    const agents = openAgents({ env, location, timeout: PROXY_TIMEOUT, signal }, kept);
    super({ ...agents, connectionTimeout: CONNECTION_TIMEOUT, requestTimeout: 120_000 });
    this.#route = route;
  }

  /** Asks a proxy itself where it is not asked for a tunnel. Throws `weights-remote-refused` where it wants another user. */
  override async handle(request: SdkRequest, options?: SdkOptions): SdkAnswer {
    const { env, location } = this.#route;
    const { protocol, hostname, port } = request;
    const url = new URL(`${protocol}//${hostname}:${port ?? ''}`);
    const proxy = protocol === 'http:' ? findProxy(env, url, location) : undefined;
    if (proxy === undefined) return super.handle(request, options);
    const { path, headers } = absoluteForm(proxy, url, request.path);
    // After it was signed: the server is to see, and to check, what it sees without a proxy.
    const asked = Object.assign(request.clone(), { path, headers: { ...request.headers, ...headers } });
    const answer = await super.handle(asked, options);
    if (answer.response.statusCode !== 407) return answer;
    answer.response.body?.destroy();
    throw proxyRefusal(location, proxy, url, 407);
  }
}
