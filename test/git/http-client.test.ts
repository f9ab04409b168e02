import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HttpClient } from '../../src/git/git-remote/http-client.ts';

test('a kept connection that the server closes as the next call comes is replaced; a new one that breaks is a fault', async () => {
  const answered = new Set<Socket>();
  let isGone = false;
  const server = createServer((request, response) => {
    if (isGone || answered.has(request.socket)) return void request.socket.destroy();
    answered.add(request.socket);
    response.end(`${request.method} ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new HttpClient(1000);
  onTestFinished(() => {
    client.close();
    server.close();
  });
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = async (path: string): Promise<string> =>
    (await client.request({ url: `${root}${path}`, method: 'POST', body: [Buffer.from('x')] })).bytes.toString();
  expect(await call('/a')).toBe('POST /a');
  expect(await call('/b')).toBe('POST /b');
  expect(answered.size).toBe(2);
  isGone = true;
  await expect(call('/c')).rejects.toMatchObject({ code: 'ECONNRESET' });
});
