/** What every weights remote does (port `weights-remote.ts`, format §8.3), over real servers. */
import { createHash, randomFillSync } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Md5, Sha256 } from '../../src/domain/digest.ts';
import { RegistryError } from '../../src/domain/errors.ts';
import type { WeightsLayout } from '../../src/domain/policy.ts';
import type { FileDigests } from '../../src/ports/weights-cache.ts';
import type { WeightsRemote } from '../../src/ports/weights-remote.ts';
import { LocalCache } from '../../src/weights/local-cache.ts';
import type { OpenContext } from '../../src/weights/open-context.ts';
import { openRemote } from '../../src/weights/open-remote.ts';
import type { Network } from '../support/servers/network.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';

/** A server under test. */
export interface RemoteServer {
  readonly url: string;
  /** DVC's options. */
  readonly options: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where its files are on this machine. */
  readonly folder: string;
  /** What lies between it and us; a folder has nothing. */
  readonly network?: Network;
  /** How many bytes one connection brings before it is cut; where there are several at a time each brings less. */
  readonly cutAfter?: number;
}

/** An object, and a file that has its bytes. */
interface Sample extends FileDigests {
  readonly path: string;
  readonly body: Buffer;
}

/** Opens a remote as the configuration would have it. */
export async function openAt(
  server: RemoteServer,
  layout: WeightsLayout = 'dvc',
  context: Partial<OpenContext> = {},
): Promise<WeightsRemote> {
  const options = new Map(
    Object.entries(server.options).map(([key, value]) => [key, { value, folder: server.folder }]),
  );
  const remote = await openRemote(
    { name: 'store', url: server.url, options, layout },
    { env: { PATH: process.env['PATH'], ...server.env }, signal: new AbortController().signal, ...context },
  );
  onTestFinished(() => remote.close());
  return remote;
}

/** Returns an object of random bytes. */
export function sample(bytes: number): Sample {
  const body = randomFillSync(Buffer.alloc(bytes));
  const path = join(temporaryFolder(), 'object');
  writeFileSync(path, body);
  const hex = (algorithm: string): string => createHash(algorithm).update(body).digest('hex');
  return { path, body, bytes, sha256: hex('sha256') as Sha256, md5: hex('md5') as Md5 };
}

/** Returns the path of a digest's bytes below a server's folder. */
export function pathOn(server: RemoteServer, family: 'md5' | 'sha256', digest: string): string {
  return join(server.folder, 'files', family, digest.slice(0, 2), digest.slice(2));
}

async function readAll(bytes: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function plant(path: string, body: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, body);
}

/** Files below a folder; hidden ones are its server's own, which comes and goes with them, and are not looked at. */
function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const shown = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  return shown
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(join(folder, entry.name)).map((path) => join(entry.name, path))
        : entry.isFile()
          ? [entry.name]
          : [],
    )
    .sort();
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RegistryError) return error.code;
  throw error ?? new Error('expected a fault, got none');
}

/** Larger than S3's least parts, so that there are several. */
const LARGE = 40 * 1024 * 1024;

/** Runs the suite. */
export function describeWeightsRemote(
  name: string,
  start: () => Promise<RemoteServer>,
  options: { readonly isSkipped?: boolean; readonly isLocal?: boolean } = {},
): void {
  describe.skipIf(options.isSkipped === true)(name, () => {
    describe('stores', () => describeWriting(start));
    describe('gives', () => describeReading(start));
    describe('into a cache:', () => describeReceiving(start));
    // Between here and a folder nothing breaks off but a process, which the suite has above.
    if (options.isLocal !== true) describe('over a bad line:', () => describeCuts(start));
  });
}

function describeWriting(start: () => Promise<RemoteServer>): void {
  test.each<[WeightsLayout, readonly ('md5' | 'sha256')[]]>([
    ['dvc', ['md5']],
    ['sha256', ['sha256']],
    ['both', ['md5', 'sha256']],
  ])('under the names of layout %s, and no others', async (layout, families) => {
    const server = await start();
    const remote = await openAt(server, layout);
    const object = sample(70_000);
    expect(await remote.inspect(object)).toEqual({ kind: 'absent' });
    let moved = 0;
    await remote.write(object, object.path, { moved: (bytes) => (moved += bytes) });
    expect(await remote.inspect(object)).toEqual({ kind: 'present' });
    expect(moved).toBe(object.bytes * (moved > object.bytes ? 2 : 1));
    const paths = families.map((family) => pathOn(server, family, object[family]));
    expect(filesBelow(server.folder).map((path) => join(server.folder, path))).toEqual(paths.sort());
    for (const path of paths) expect(readFileSync(path).equals(object.body)).toBe(true);
  });

  test('nothing, too', async () => {
    const server = await start();
    const remote = await openAt(server);
    const object = sample(0);
    await remote.write(object, object.path, {});
    expect(await remote.inspect(object)).toEqual({ kind: 'present' });
    expect(statSync(pathOn(server, 'md5', object.md5)).size).toBe(0);
  });

  test('whole what lies there in half, as DVC never would', async () => {
    const server = await start();
    const object = sample(50_000);
    plant(pathOn(server, 'md5', object.md5), object.body.subarray(0, 20_000));
    const remote = await openAt(server);
    expect(await remote.inspect(object)).toEqual({ kind: 'wrong', bytes: 20_000 });
    await remote.write(object, object.path, {});
    expect(readFileSync(pathOn(server, 'md5', object.md5)).equals(object.body)).toBe(true);
  });

  test('an object that another process makes look new meanwhile', async () => {
    const server = await start();
    const remote = await openAt(server);
    const object = sample(5 * 1024 * 1024);
    await remote.write(object, object.path, { moved: () => utimesSync(object.path, 2e9, 2e9) });
    expect(readFileSync(pathOn(server, 'md5', object.md5)).equals(object.body)).toBe(true);
  });

  test('what is larger than one request', async () => {
    const server = await start();
    const object = sample(LARGE);
    const remote = await openAt(server);
    await remote.write(object, object.path, { parts: 3 });
    expect(readFileSync(pathOn(server, 'md5', object.md5)).equals(object.body)).toBe(true);
  });

  test('several objects at a time', async () => {
    const server = await start();
    const remote = await openAt(server);
    const objects = Array.from({ length: 12 }, (_, index) => sample(10_000 + index));
    await Promise.all(objects.map((object) => remote.write(object, object.path, {})));
    expect(await Promise.all(objects.map((object) => remote.inspect(object)))).toEqual(
      objects.map(() => ({ kind: 'present' })),
    );
  });
}

function describeReading(start: () => Promise<RemoteServer>): void {
  test('an object from any byte on, under whichever name it has', async () => {
    const server = await start();
    const [dvcs, ours] = [sample(100_000), sample(100_000)];
    plant(pathOn(server, 'md5', dvcs.md5), dvcs.body);
    plant(pathOn(server, 'sha256', ours.sha256), ours.body);
    const remote = await openAt(server);
    for (const object of [dvcs, ours]) {
      expect((await readAll(await remote.read(object, 0))).equals(object.body)).toBe(true);
      expect((await readAll(await remote.read(object, 65_537))).equals(object.body.subarray(65_537))).toBe(true);
    }
  });

  test('an object by the MD5 that DVC knows, 3 or 2', async () => {
    const server = await start();
    const [three, two] = [sample(1000), sample(2000)];
    plant(pathOn(server, 'md5', three.md5), three.body);
    plant(join(server.folder, two.md5.slice(0, 2), two.md5.slice(2)), two.body);
    const remote = await openAt(server);
    expect(
      (await readAll(await remote.readMd5(three.md5, { isLegacy: false, isFolder: false }))).equals(three.body),
    ).toBe(true);
    expect((await readAll(await remote.readMd5(two.md5, { isLegacy: true, isFolder: false }))).equals(two.body)).toBe(
      true,
    );
    expect(await remote.readMd5(two.md5, { isLegacy: false, isFolder: false })).toBeUndefined();
  });

  test('nothing where it has nothing, and a fault where it has another size', async () => {
    const server = await start();
    const [none, half] = [sample(10), sample(10)];
    plant(pathOn(server, 'md5', half.md5), half.body.subarray(0, 5));
    const remote = await openAt(server);
    expect(await remote.read(none, 0)).toBeUndefined();
    expect(await codeOf(remote.read(half, 0))).toBe('corrupt-weights');
  });
}

/** Receives an object into a cache. */
async function receive(remote: WeightsRemote, object: Sample, folder = join(temporaryFolder(), 'cache')) {
  const cache = new LocalCache({ folder, owner: 'registry', shared: false });
  const open = async (offset: number) => (await remote.read(object, offset)) ?? failNoBytes();
  await cache.receive({ ...object, open });
  return cache;
}

function failNoBytes(): never {
  throw new Error('expected bytes, got none');
}

/** Returns what lies between here and the server. */
function networkOf({ network }: RemoteServer): Network {
  if (network === undefined) throw new Error('expected a network');
  return network;
}

function describeCuts(start: () => Promise<RemoteServer>): void {
  test('a transfer that was cut short goes on where it was', async () => {
    const server = await start();
    const network = networkOf(server);
    const object = sample(LARGE);
    plant(pathOn(server, 'md5', object.md5), object.body);
    network.cutAfter(server.cutAfter ?? 30 * 1024 * 1024);
    const cache = await receive(await openAt(server), object);
    expect(await cache.inspect(object, { hash: true })).toEqual({ kind: 'present' });
    expect(network.down()).toBeGreaterThan(LARGE);
    // What was under way when it broke comes again; the whole does not.
    expect(network.down()).toBeLessThan(LARGE * 1.7);
  });

  test('an upload that was cut short leaves nothing under the name, and the next one succeeds', async () => {
    const server = await start();
    const object = sample(LARGE);
    const remote = await openAt(server);
    networkOf(server).cutUpAfter(10 * 1024 * 1024);
    const code = await codeOf(remote.write(object, object.path, {})).catch(() => 'none');
    // The SDK of S3 tries again by itself.
    expect(['weights-remote-unreachable', 'none']).toContain(code);
    if (code !== 'none') expect(existsSync(pathOn(server, 'md5', object.md5))).toBe(false);
    await remote.write(object, object.path, {});
    expect(readFileSync(pathOn(server, 'md5', object.md5)).equals(object.body)).toBe(true);
  });
}

function describeReceiving(start: () => Promise<RemoteServer>): void {
  test('whole objects, with both names', async () => {
    const server = await start();
    const object = sample(LARGE);
    plant(pathOn(server, 'md5', object.md5), object.body);
    const cache = await receive(await openAt(server), object);
    expect(await cache.inspect(object, { hash: true })).toEqual({ kind: 'present' });
  });

  test("the same object three times at once, without getting in each other's way", async () => {
    const server = await start();
    const object = sample(3_000_000);
    plant(pathOn(server, 'md5', object.md5), object.body);
    const [remote, folder] = [await openAt(server), join(temporaryFolder(), 'cache')];
    const [cache] = await Promise.all([1, 2, 3].map(() => receive(remote, object, folder)));
    expect(await cache?.inspect(object, { hash: true })).toEqual({ kind: 'present' });
    expect(filesBelow(folder)).toHaveLength(2);
  });

  test('a transfer whose process died goes on where it was', async () => {
    const server = await start();
    const object = sample(LARGE);
    plant(pathOn(server, 'md5', object.md5), object.body);
    const folder = join(temporaryFolder(), 'cache');
    plant(join(folder, 'files', 'sha256', 'tmp', `${object.sha256}.part`), object.body.subarray(0, LARGE - 1000));
    const cache = await receive(await openAt(server), object, folder);
    expect(await cache.inspect(object, { hash: true })).toEqual({ kind: 'present' });
    if (server.network !== undefined) expect(server.network.down()).toBeLessThan(1_000_000);
  });

  test('wrong bytes go to quarantine and nowhere else', async () => {
    const server = await start();
    const object = sample(100_000);
    const bad = Buffer.from(object.body);
    bad[50_000] = (bad[50_000] ?? 0) ^ 1;
    plant(pathOn(server, 'md5', object.md5), bad);
    const folder = join(temporaryFolder(), 'cache');
    expect(await codeOf(receive(await openAt(server), object, folder))).toBe('corrupt-weights');
    const left = filesBelow(folder);
    expect(left).toEqual([expect.stringMatching(`^quarantine/sha256-${object.sha256}-`)]);
    expect(readFileSync(join(folder, left[0] ?? '')).equals(bad)).toBe(true);
  });
}
