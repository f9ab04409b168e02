/** Connections through the proxies that the environment names, or straight: agents for all that speaks HTTP here. */
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { type Keeping, ProxyLine, type Route, urlOf } from './proxy-line.ts';

/** The agents of one remote, in whose pools connections are kept by the host at their far end. */
export interface ProxyAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** Returns how certificates are judged: by nobody but these, in PEM, or not at all (`false`). */
export function trustOf(verify: boolean | string): Pick<Keeping, 'rejectUnauthorized' | 'ca'> {
  return { rejectUnauthorized: verify !== false, ...(typeof verify === 'string' ? { ca: verify } : {}) };
}

type Connected = (error: Error | null, socket: Duplex) => void;

/** Returns agents that judge each connection by its own URL, so that redirects may lead past a proxy, or to one. */
export function openAgents(route: Route, keeping: Keeping): ProxyAgents {
  const options = { keepAlive: true, ...keeping };
  return { httpAgent: new PlainAgent(route, options), httpsAgent: new SecureAgent(route, options) };
}

/** To `http`: what is asked of a proxy has to be in absolute form (`absoluteForm`), which is not for an agent to write. */
class PlainAgent extends HttpAgent {
  readonly #line: ProxyLine;

  constructor(route: Route, options: AgentOptions) {
    super(options);
    this.#line = new ProxyLine(route, options);
  }

  override createConnection(options: ClientRequestArgs, done?: Connected): Duplex | null | undefined {
    const proxy = this.#line.proxyFor('http:', options);
    if (proxy === undefined) return super.createConnection(options, done);
    return handOver(this.#line.reach(proxy), done);
  }

  override destroy(): void {
    this.#line.close();
    super.destroy();
  }
}

/** To `https`: through a tunnel that the proxy opens, whose bytes it cannot read. */
class SecureAgent extends HttpsAgent {
  readonly #line: ProxyLine;

  constructor(route: Route, options: AgentOptions) {
    super(options);
    this.#line = new ProxyLine(route, options);
  }

  override createConnection(options: ClientRequestArgs, done?: Connected): Duplex | null | undefined {
    const proxy = this.#line.proxyFor('https:', options);
    if (proxy === undefined) return super.createConnection(options, done);
    const target = urlOf('https:', options);
    const secure = async (): Promise<Duplex> => {
      const socket = await this.#line.openTunnel(proxy, target);
      // Over a socket that is there, the agent's own way makes the TLS of a straight connection.
      return super.createConnection({ ...options, socket } as ClientRequestArgs) as Duplex;
    };
    return handOver(secure(), done);
  }

  override destroy(): void {
    this.#line.close();
    super.destroy();
  }
}

function handOver(connecting: Promise<Duplex>, done?: Connected): undefined {
  connecting.then(
    (socket) => done?.(null, socket),
    (error: Error) => done?.(error, undefined as unknown as Duplex),
  );
}
