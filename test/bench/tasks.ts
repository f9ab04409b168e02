/** Work that is measured as a process of its own but that no command does alone; by the program's own modules. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const TASKS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  manifests: ([folder = '']) => readAllManifests(folder),
  digest: ([file = '']) => digest(file),
  ingest: ([file = '', folder = '']) => ingest(file, folder),
  isomorphic: async ([work = '', folder = '']) => {
    const { runIsomorphic } = await import('./peers/isomorphic.ts');
    await runIsomorphic(work, folder);
  },
  listing: ([url = '', model = '', version = '']) => listSome(url, model, version),
  settle: ([folder = '']) => waitForMaintenance(folder),
  serve: ([folder = '']) => serve(folder),
  register: ([folder = '', bundle = '', count = '']) => registerMany(folder, bundle, Number(count)),
};

/** Runs a task. Throws for an unknown one. */
export async function runTask([name = '', ...args]: readonly string[]): Promise<void> {
  const task = TASKS[name];
  if (task === undefined) throw new Error(`expected a task of ${Object.keys(TASKS).join(', ')}, got ${name}`);
  await task(args);
}

/** Reads and decodes the manifest of every entry; prints their number. */
async function readAllManifests(folder: string): Promise<void> {
  const { decodeManifest } = await import('../../src/domain/manifest.ts');
  const { decodeUtf8 } = await import('../../src/domain/utf8.ts');
  const workspace = await open(folder);
  const { refs } = await workspace.refs.list({ kind: 'entries', prefix: '' });
  let count = 0;
  for await (const blob of workspace.objects.findAll(refs.map(({ id }) => `${id}:manifest.json`))) {
    decodeManifest(decodeUtf8(blob?.body ?? new Uint8Array()) ?? '');
    count += 1;
  }
  await workspace.close();
  process.stdout.write(`${count} manifests\n`);
}

/** Computes SHA-256 and MD5 of a file in one read. */
async function digest(file: string): Promise<void> {
  const { digestFile } = await import('../../src/weights/digest-file.ts');
  process.stdout.write(`${JSON.stringify(await digestFile(file))}\n`);
}

/** Computes both digests and stores a durable copy in a new cache folder. */
async function ingest(file: string, folder: string): Promise<void> {
  const { LocalCache } = await import('../../src/weights/local-cache.ts');
  rmSync(folder, { recursive: true, force: true });
  const cache = new LocalCache({ folder, owner: 'registry', shared: false });
  process.stdout.write(`${JSON.stringify(await cache.ingest(file))}\n`);
}

/** Registers so many new entries, and waits until git has done what it then does in the background. */
async function registerMany(folder: string, bundle: string, count: number): Promise<void> {
  const { openRegistry } = await import('../../src/index.ts');
  const { writeTinyBundle } = await import('./tiny-bundle.ts');
  const registry = await openRegistry(folder);
  for (let index = 0; index < count; index += 1) {
    writeTinyBundle(bundle, `many ${index}`);
    await registry.register({ paths: [bundle], model: 'many' });
  }
  await registry.close();
  await waitForMaintenance(folder);
}

/** Git holds `maintenance.lock` while it works. */
async function waitForMaintenance(folder: string): Promise<void> {
  const lock = join(folder, '.git', 'objects', 'maintenance.lock');
  do await setTimeout(200);
  while (existsSync(lock));
}

/** Lists one version of a model over HTTP, with its tombstones. */
async function listSome(url: string, modelText: string, versionText: string): Promise<void> {
  const { parseModelName } = await import('../../src/domain/model-name.ts');
  const { parseVersion } = await import('../../src/domain/version.ts');
  const { listOverHttp } = await import('../../src/git/git-remote/list-over-http.ts');
  const [model, version] = [parseModelName(modelText), parseVersion(versionText)];
  const wishes = [
    { kind: 'ref', key: { kind: 'version', model, version } },
    { kind: 'below', filter: { kind: 'tombstone', model } },
  ] as const;
  const listing = await listOverHttp(url, { name: 'bench', address: url, label: url }, wishes, {
    refs: 1e6,
    bytes: 1e9,
  });
  process.stdout.write(`${listing?.refs.length} refs\n`);
}

/** Serves repositories over HTTP until it is killed; prints the port. */
async function serve(root: string): Promise<void> {
  const { createServer } = await import('node:http');
  const { serveGit } = await import('../support/git-backend.ts');
  const { SENT_PATH } = await import('./http-server.ts');
  let sent = 0;
  const server = createServer((request, response) => {
    if (request.url === SENT_PATH) response.end(String(sent));
    else {
      serveGit(root, process.env, request, response, false, (bytes) => {
        sent += bytes;
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
  await new Promise(() => undefined);
}

async function open(
  folder: string,
): Promise<Awaited<ReturnType<typeof import('../../src/cli/compose.ts').openWorkspace>>> {
  const { openWorkspace } = await import('../../src/cli/compose.ts');
  const { SILENT } = await import('../../src/ports/progress.ts');
  return openWorkspace({ cwd: folder, env: process.env, progress: SILENT, signal: new AbortController().signal });
}
