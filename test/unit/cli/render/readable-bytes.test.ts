import { expect, test } from 'vitest';
import { readableBytes } from '../../../../src/cli/render/readable-bytes.ts';

async function readable(...chunks: readonly (string | Uint8Array)[]): Promise<string> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  }
  const parts: Uint8Array[] = [];
  for await (const part of readableBytes(bytes())) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

test('text stays as it is, and ends in a newline', async () => {
  expect(await readable('{"a":', '1}')).toBe('{"a":1}\n');
  expect(await readable('a\n\tb\n')).toBe('a\n\tb\n');
  expect(await readable()).toBe('');
});

test('what a terminal would obey is escaped', async () => {
  expect(await readable('\u001b[2J\u009b')).toBe('\\x1b[2J\\x9b\n');
});

test('characters survive a cut between chunks', async () => {
  const bytes = new TextEncoder().encode('größe');
  expect(await readable(bytes.subarray(0, 3), bytes.subarray(3))).toBe('größe\n');
});

test('bytes that are no text become replacement characters', async () => {
  expect(await readable(Uint8Array.of(0xff, 0x41, 0xc3))).toBe('\ufffdA\ufffd\n');
});
