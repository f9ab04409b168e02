/** What a commit waits for: `check --staged` among many staged files, and in a registry whose refs it compares with the logs. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { gitText } from '../git-text.ts';
import { measure, median, type Variant } from '../measure.ts';
import { emptyNodeArgv, registryArgv } from '../programs.ts';
import { cachedRegistry } from '../registry/cached-registry.ts';
import { describeShape, type RegistryShape } from '../registry/shape.ts';
import { type ReportSection, ratioLine } from '../report-line.ts';

const STAGED = 1000;
/** Bytes of a staged file: that of a source file of some hundred lines. */
const FILE_BYTES = 4000;
/** Milliseconds over the start of Node. */
const TARGET = 150;

/** Measures the check of a commit of many files without registry content, and that of nothing staged in registries. */
export function measureChecks(shapes: readonly RegistryShape[], rounds: number): ReportSection {
  const cwd = stagedFiles();
  const variants: readonly Variant[] = [
    { id: 'node', cwd, argv: emptyNodeArgv() },
    { id: 'staged', cwd, argv: registryArgv('check', '--staged'), prints: /^ok: looked at 1000 files\n$/ },
    ...shapes.flatMap((shape) => {
      const cwd = cachedRegistry(shape);
      const run = { cwd, argv: registryArgv('check', '--staged'), prints: /^ok: / };
      const forget = (): void => rmSync(join(cwd, '.git', 'registry', 'checked'), { recursive: true, force: true });
      return [
        { id: `${shape.name} anew`, prepare: forget, ...run },
        { id: shape.name, ...run },
      ];
    }),
  ];
  const times = measure(variants, rounds);
  return {
    title: 'Check before a commit',
    lines: [
      {
        what: '`check --staged`, over the start of Node',
        size: `${STAGED.toLocaleString('en')} staged files of ${FILE_BYTES} bytes`,
        value: median(times.get('staged')) - median(times.get('node')),
        unit: 'ms',
        target: TARGET,
        why: 'Git opens every staged object, each a file of its own, and Node starts three processes.',
      },
      ...shapes.flatMap((shape) => [
        ratioLine(times, {
          what: '`check --staged`, nothing staged, no ref moved since the last',
          size: describeShape(shape),
          subject: shape.name,
          floor: ['node'],
        }),
        ratioLine(times, {
          what: '`check --staged`, nothing staged, all refs to compare',
          size: describeShape(shape),
          subject: `${shape.name} anew`,
          floor: ['node'],
        }),
      ]),
    ],
  };
}

/** A repository with a commit, and other content of all its files staged. */
function stagedFiles(): string {
  const folder = join(cacheFolder('copies'), 'staged');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  gitText(folder, ['init', '--quiet', '--initial-branch=main']);
  const write = (salt: string): void => {
    for (let index = 0; index < STAGED; index += 1) {
      const text = `import os  # ${salt} ${index}\n`;
      writeFileSync(
        join(folder, `file-${index}.py`),
        text.repeat(Math.ceil(FILE_BYTES / text.length)).slice(0, FILE_BYTES),
      );
    }
    gitText(folder, ['add', '.']);
  };
  write('first');
  gitText(folder, [
    '-c',
    'user.name=Bench',
    '-c',
    'user.email=bench@example.org',
    'commit',
    '--quiet',
    '--message=first',
  ]);
  write('second');
  return folder;
}
