/** A server that means harm to the terminal: nothing that it says reaches stdout or stderr as it came. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startCli } from '../support/cli.ts';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

/** Clears the screen, sets the title, rings, C1, and turns the direction of the text. */
const EVIL = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
const FLUSH = '0000';

function line(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}

type Service = 'git-upload-pack' | 'git-receive-pack';

/** What the server says to each service when it is asked what it can do, and when its refs are asked for. */
interface Lies {
  readonly discovery: (service: Service) => string;
  readonly listing: string;
}

const ERROR = line(`ERR ${EVIL} gone\n`);
const CAPABLE =
  ['version 2\n', 'agent=git/2.45.0\n', 'ls-refs\n', 'fetch\n', 'object-format=sha1\n'].map(line).join('') + FLUSH;
const honest: Lies['discovery'] = (service) => (service === 'git-upload-pack' ? CAPABLE : ERROR);

/** Makes a registry with one model whose `origin` is a server that answers so. */
async function facing({ discovery, listing }: Lies): Promise<CliRegistry> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const service = (url.searchParams.get('service') ?? 'git-upload-pack') as Service;
    const kind = request.method === 'GET' ? 'advertisement' : 'result';
    response.setHeader('Content-Type', `application/x-${service}-${kind}`);
    const greeting = line(`# service=${service}\n`) + FLUSH;
    request.resume().on('end', () => response.end(kind === 'result' ? listing : greeting + discovery(service)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const registry = cliRegistry();
  const { port } = server.address() as AddressInfo;
  registry.repository.git(['remote', 'add', 'origin', `http://127.0.0.1:${port}/team.git`]);
  registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm');
  return registry;
}

async function run({ repository }: CliRegistry, ...args: readonly string[]) {
  const result = await startCli(args, { cwd: repository.folder, env: repository.environment });
  for (const text of [result.stdout, result.stderr]) expect(text).not.toMatch(RAW);
  return { ...result, said: result.stdout + result.stderr };
}

/** Git takes the first for no ref name at all; the others are names as any, C1 and direction marks in UTF-8. */
const NAMES = [EVIL, '\u009b31m\u009d0;owned', '\u202egpj'].map((name) => `refs/registry/semver/m/${name}`);
const LISTED = NAMES.map((name) => line(`${'1'.repeat(40)} ${name}\n`)).join('') + FLUSH;

test('odd ref names are told with their control characters escaped', async () => {
  const registry = await facing({ discovery: honest, listing: LISTED });
  const pulled = await run(registry, 'pull');
  expect(pulled).toMatchObject({ exitCode: 0 });
  expect(pulled.stderr).toMatch(/left alone: 2 odd refs, e\.g\. refs\/registry\/semver\/m\/.*\\x9b31m/);
  const { stdout } = await run(registry, 'pull', '--json');
  expect((JSON.parse(stdout) as { odd: string[] }).odd).toHaveLength(2);
  for (const command of ['fetch', 'status']) expect((await run(registry, command)).exitCode).toBe(0);
  // A look at the remote reads the listing in this process, without git's sieve.
  expect((await run(registry, 'resolve', 'm@v1.0.0', '--remote', 'origin')).exitCode).not.toBe(0);
  // The listing holds for a push, too; then the server breaks off.
  const pushed = await run(registry, 'push', '--no-weights');
  expect(pushed.exitCode).toBe(4);
  expect(pushed.said).toContain('gone');
});

test.each([
  ['at once', { discovery: () => ERROR, listing: ERROR }],
  ['when its refs are asked for', { discovery: honest, listing: ERROR }],
] as const)('an error line that comes %s is told without them', async (_when, lies) => {
  const registry = await facing(lies);
  const calls = [['pull'], ['fetch'], ['push', '--no-weights'], ['resolve', 'm@v1.0.0', '--remote', 'origin']];
  for (const args of calls)
    for (const format of [[], ['--json']]) {
      const { exitCode, said } = await run(registry, ...args, ...format);
      expect([args, exitCode]).toEqual([args, 4]);
      expect(said).toContain('gone');
    }
});
