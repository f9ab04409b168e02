/** Streams between node and git, however they are cut into chunks. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../src/git/byte-reader.ts';
import { GitRunner } from '../../src/git/git-runner.ts';
import { readRows } from '../../src/git/row-reader.ts';
import { gitEnvironment } from '../support/git-env.ts';
import { temporaryFolder, temporaryRepository } from '../support/temporary-repository.ts';

/** Bytes with many separators, and where to cut them. */
const cutBytes = fc
  .tuple(fc.array(fc.constantFrom(0, 0, 10, 65, 255), { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 12 }))
  .map(([bytes, cuts]) => {
    const sorted = [0, ...cuts.filter((cut) => cut <= bytes.length).sort((a, b) => a - b), bytes.length];
    const chunks = sorted.slice(1).map((cut, index) => Buffer.from(bytes.slice(sorted[index], cut)));
    return { bytes: Buffer.from(bytes), chunks };
  });

async function* streamOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

test('lines and lengths come out as they went in', async () => {
  await fc.assert(
    fc.asyncProperty(
      cutBytes,
      fc.array(fc.option(fc.nat(9), { nil: undefined }), { maxLength: 30 }),
      async ({ bytes, chunks }, steps) => {
        const reader = new ByteReader(streamOf(chunks));
        let at = 0;
        for (const length of steps) {
          const found = length === undefined ? await reader.readUntil(0) : await reader.readBytes(length);
          const end = length === undefined ? bytes.indexOf(0, at) : at + length;
          if (end < 0 || end > bytes.length) {
            expect(found).toBeUndefined();
            return;
          }
          expect(found).toEqual(bytes.subarray(at, end));
          at = length === undefined ? end + 1 : end;
        }
      },
    ),
  );
});

test('rows have as many fields as asked for, and an unfinished one is dropped', async () => {
  await fc.assert(
    fc.asyncProperty(cutBytes, fc.integer({ min: 1, max: 4 }), async ({ bytes, chunks }, fields) => {
      const pieces = bytes.toString('latin1').split('\0').slice(0, -1);
      const expected = Array.from({ length: Math.floor(pieces.length / fields) }, (_, index) =>
        pieces.slice(index * fields, (index + 1) * fields),
      );
      const rows: string[][] = [];
      for await (const row of readRows(streamOf(chunks), fields))
        rows.push(row.map((field) => field.toString('latin1')));
      expect(rows).toEqual(expected);
    }),
  );
});

describe('a git runner', () => {
  test('returns what git printed and how it ended, and throws only where it is told to', async () => {
    const { folder, environment } = temporaryRepository();
    const git = new GitRunner(folder, environment);
    expect(await git.run(['rev-parse', '--show-object-format'])).toEqual({
      exitCode: 0,
      stdout: Buffer.from('sha1\n'),
      stderr: '',
    });
    expect(await git.run(['rev-parse', 'absent'])).toMatchObject({ exitCode: 128 });
    await expect(git.read(['rev-parse', 'absent'])).rejects.toMatchObject({
      code: 'git-failed',
      data: { command: 'rev-parse', exitCode: 128 },
    });
  });

  test('feeds more than a pipe holds while git answers more than a pipe holds', async () => {
    const { folder, environment } = temporaryRepository();
    const git = new GitRunner(folder, environment);
    const lines = function* (): Generator<string> {
      for (let index = 0; index < 300; index += 1) yield `${'absent '.repeat(100)}${index}\n`.repeat(10);
    };
    const { stdout } = await git.run(['cat-file', '--batch-check'], { input: lines() });
    expect(stdout.toString().match(/ missing\n/g)?.length).toBe(3000);
  });

  test('does not believe output without end', async () => {
    const { folder, environment } = temporaryRepository();
    const input = Buffer.alloc(1_000_000, 'x\n');
    const endless = new GitRunner(folder, environment).run(['cat-file', '--batch-check'], { input, maxBytes: 100_000 });
    await expect(endless).rejects.toMatchObject({ code: 'git-failed', data: { maxBytes: 100_000 } });
  });

  test('does not mind a child that ends before it has read everything', async () => {
    const { folder, environment } = temporaryRepository();
    const result = await new GitRunner(folder, environment).run(['version'], { input: Buffer.alloc(5_000_000) });
    expect(result.exitCode).toBe(0);
  });

  test('fails as its input fails, and the child ends', async () => {
    const { folder, environment } = temporaryRepository();
    const failing = async function* (): AsyncGenerator<string> {
      yield 'x\n';
      throw new Error('the input has failed');
    };
    await expect(
      new GitRunner(folder, environment).run(['cat-file', '--batch-check'], { input: failing() }),
    ).rejects.toThrow('the input has failed');
  });

  test('tells a git that is missing from a folder that is', async () => {
    const folder = temporaryFolder();
    const environment = gitEnvironment(folder);
    await expect(new GitRunner(folder, { ...environment, PATH: folder }).run(['version'])).rejects.toMatchObject({
      code: 'git-missing',
    });
    await expect(new GitRunner(`${folder}/absent`, environment).run(['version'])).rejects.toMatchObject({ code: 'io' });
    new GitRunner(folder, { ...environment, PATH: folder }).startDetached(['version']);
  });
});
