/** A stretch of HTTP in front of a server that holds requests until so many are under way: what is asked one after the other never meets there. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { onTestFinished } from 'vitest';

/** The stretch. */
export interface MeetingPoint {
  readonly port: number;
  /**
   * From now on requests of each of these methods wait for each other until they are `width`, be it for ever: their number
   * must be a multiple. What was counted is forgotten.
   */
  await(width: number, ...methods: readonly string[]): void;
  /** Returns the most requests of a method that were under way at once. */
  most(method: string): number;
}

/** Milliseconds that a full company waits for one too many. */
const LATECOMERS = 100;

/** The requests of one method. */
interface Company {
  underWay: number;
  most: number;
  waiting: (() => void)[];
  timer: NodeJS.Timeout | undefined;
}

/** Puts one in front of a port; it goes when the running test ends. */
export async function startMeetingPoint(target: number): Promise<MeetingPoint> {
  let [width, held]: [number, readonly string[]] = [1, []];
  const companies = new Map<string, Company>();
  const meet = (company: Company): Promise<void> =>
    new Promise((resolve) => {
      company.waiting.push(resolve);
      if (company.waiting.length !== width) return;
      company.timer = setTimeout(() => {
        for (const one of company.waiting.splice(0)) one();
      }, LATECOMERS);
    });
  const server = createServer((incoming, response) => {
    const method = incoming.method ?? '';
    const company = companies.get(method) ?? { underWay: 0, most: 0, waiting: [], timer: undefined };
    companies.set(method, company);
    company.underWay += 1;
    company.most = Math.max(company.most, company.underWay);
    response.once('close', () => {
      company.underWay -= 1;
    });
    (held.includes(method) ? meet(company) : Promise.resolve())
      .then(() => pass(target, incoming, response))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const { timer } of companies.values()) clearTimeout(timer);
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    await: (wanted, ...methods) => {
      [width, held] = [wanted, methods];
      companies.clear();
    },
    most: (method) => companies.get(method)?.most ?? 0,
  };
}

/** Hands a request on as it came, and the answer back. */
async function pass(port: number, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = incoming;
  const { expect: _, ...others } = headers;
  // A connection of its own: one that was kept may be closed by the server just when it is used again.
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers: others, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    onward.once('response', resolve).once('error', reject);
  });
  const sent = pipeline(incoming, onward);
  sent.catch(() => undefined);
  const answer = await answered;
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
}
