/**
 * A web server for files, in a process of its own: `node file-server.mjs FOLDER [FLAG...]`. It prints its port. Flags:
 * `no-range` sends whole files, `no-head` answers 405 to HEAD, `auth=VALUE` wants that Authorization, `header=NAME:VALUE`,
 * `tls=KEY:CERTIFICATE`, `closes` ends a kept connection when it is used again.
 */
import { randomUUID } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const [folder = '', ...flags] = process.argv.slice(2);
const flagValue = (name) => flags.find((flag) => flag.startsWith(`${name}=`))?.slice(name.length + 1);
const [header = 'authorization', wanted = flagValue('auth')] = flagValue('header')?.split(':') ?? [];

const used = new WeakSet();

function answer(request, response) {
  if (flags.includes('closes') && used.has(request.socket)) return request.socket.destroy();
  used.add(request.socket);
  const path = join(folder, decodeURIComponent(new URL(request.url, 'http://x').pathname));
  if (wanted !== undefined && request.headers[header] !== wanted) return response.writeHead(401).end();
  if (request.method === 'PUT' || request.method === 'POST') return store(path, request, response);
  if (request.method === 'HEAD' && flags.includes('no-head')) return response.writeHead(405).end();
  if (!existsSync(path) || !statSync(path).isFile()) return response.writeHead(404).end();
  const { size } = statSync(path);
  const [, from, to = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const isPart = !flags.includes('no-range') && from !== undefined;
  const start = isPart ? Number(from) : 0;
  if (isPart && start >= size) return response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
  const end = isPart && to !== '' ? Math.min(Number(to), size - 1) : size - 1;
  const range = isPart ? { 'content-range': `bytes ${start}-${end}/${size}` } : {};
  response.writeHead(isPart ? 206 : 200, { 'content-length': end - start + 1, ...range });
  if (request.method === 'HEAD' || end < start) return response.end();
  return pipeline(createReadStream(path, { start, end }), response).catch(() => response.destroy());
}

async function store(path, request, response) {
  mkdirSync(dirname(path), { recursive: true });
  const made = `${path}.${randomUUID()}`;
  try {
    await pipeline(request, createWriteStream(made));
    renameSync(made, path);
    response.writeHead(201).end();
  } catch {
    rmSync(made, { force: true });
    response.destroy();
  }
}

const [key, cert] = flagValue('tls')?.split(':') ?? [];
const serve = (request, response) => void answer(request, response);
const isTls = key !== undefined && cert !== undefined;
const server = isTls ? createSecure({ key: readFileSync(key), cert: readFileSync(cert) }, serve) : createServer(serve);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
