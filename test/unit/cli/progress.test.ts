import { describe, expect, test } from 'vitest';
import { type TerminalProgress, terminalProgress } from '../../../src/cli/progress.ts';

interface Watched {
  readonly progress: TerminalProgress;
  readonly written: string[];
  at(time: number): void;
}

function watch(columns = 80): Watched {
  const written: string[] = [];
  let time = 0;
  const progress = terminalProgress({
    write: (text) => void written.push(text),
    columns,
    unicode: true,
    now: () => time,
  });
  return {
    progress,
    written,
    at(next) {
      time = next;
    },
  };
}

const MIB = 1024 * 1024;

describe('progress on a terminal', () => {
  test('shows share, amount, rate and time left, after a second', () => {
    const { progress, written, at } = watch();
    const task = progress.start('hashing model.safetensors', 100 * MIB, 'bytes');
    at(999);
    task.add(10 * MIB);
    expect(written).toEqual([]);
    at(2000);
    task.add(15 * MIB);
    expect(written).toEqual(['\r\u001b[Khashing model.safetensors  25%  25.0 MiB of 100.0 MiB  12.5 MiB/s  0:06 left']);
  });

  test('is wiped when the work ends, and shows nothing for work that was short', () => {
    const { progress, written, at } = watch();
    const long = progress.start('long', 10, 'items');
    at(1500);
    long.add(10);
    long.end();
    expect(written).toEqual(['\r\u001b[Klong  100%  10 of 10  7/s', '\r\u001b[K']);
    const short = progress.start('short', 10, 'items');
    short.add(10);
    short.end();
    expect(written).toHaveLength(2);
  });

  test('draws at most ten times a second', () => {
    const { progress, written, at } = watch();
    const task = progress.start('work', undefined, 'items');
    for (let time = 1000; time < 2000; time += 10) {
      at(time);
      task.add(1);
    }
    expect(written).toHaveLength(10);
  });

  test('knows no share and no end where there is no total', () => {
    const { progress, written, at } = watch();
    const task = progress.start('reading', undefined, 'bytes');
    at(1000);
    task.add(2048);
    expect(written).toEqual(['\r\u001b[Kreading  2.0 KiB  2.0 KiB/s']);
  });

  test('never passes 100 % of a total that grew', () => {
    const { progress, written, at } = watch();
    const task = progress.start('work', 2, 'items');
    at(1000);
    task.add(3);
    expect(written).toEqual(['\r\u001b[Kwork  100%  3 of 2  3/s']);
  });

  test('cuts and escapes the label, and leaves the last column free', () => {
    const { progress, written, at } = watch(40);
    const task = progress.start('a very\u001b long label indeed', 4, 'items');
    at(1000);
    task.add(1);
    const [line = ''] = written;
    expect(line).toBe('\r\u001b[Ka very\\x1…  25%  1 of 4  1/s  0:03 left');
    expect(line.length - '\r\u001b[K'.length).toBe(39);
  });

  test('stays on one line of a terminal that is too narrow for it', () => {
    const { progress, written, at } = watch(20);
    const task = progress.start('hashing', 4, 'items');
    at(1000);
    task.add(1);
    expect(written).toEqual(['\r\u001b[Khashing  25%  1 of…']);
  });

  test('shows the newest work that runs, then the one before it again', () => {
    const { progress, written, at } = watch();
    const outer = progress.start('outer', 2, 'items');
    const inner = progress.start('inner', 2, 'items');
    at(1000);
    outer.add(1);
    inner.end();
    at(1200);
    outer.add(1);
    expect(written.map((text) => text.slice(4, 9))).toEqual(['inner', '', 'outer']);
    progress.clear();
    progress.clear();
    expect(written.at(-1)).toBe('\r\u001b[K');
    expect(written).toHaveLength(4);
  });
});
