import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorsPage } from '../src/build/errors-page.ts';
import { forbiddenArrows, forbiddenModules, importCycles, impureGlobals } from './architecture/layers.ts';
import { sizeGuide } from './architecture/size-guide.ts';
import { readSources, type SourceFile } from './architecture/source-file.ts';
import {
  defaultExports,
  longFiles,
  strayExits,
  strayRefLiterals,
  undocumentedExports,
  vagueNames,
} from './architecture/style.ts';

/** A rule: what it asks, and what finds the places that break it. */
const RULES: Readonly<Record<string, (sources: readonly SourceFile[]) => string[]>> = {
  'imports go one way': forbiddenArrows,
  'each engine has its place, and pure layers have none': forbiddenModules,
  'pure layers know no clock, no chance and no process': impureGlobals,
  'no files import each other in a ring': importCycles,
  'ref names are spelled in one file': strayRefLiterals,
  'one file ends the process': strayExits,
  'files have at most 400 lines': longFiles,
  'nothing is exported as default': defaultExports,
  'names say what a thing is': vagueNames,
  'every export has a docstring': undocumentedExports,
};

/** For each rule, files that break it, and what it has to say; each file breaks that one rule. */
const PLANTED: Readonly<
  Record<keyof typeof RULES, readonly (readonly [file: string, text: string, finding: string])[]>
> = {
  'imports go one way': [
    ['src/domain/a.ts', `import type { B } from '../ports/b.ts';`, 'src/domain/a.ts imports src/ports/b.ts'],
    ['src/git/a.ts', `import { b } from '../weights/b.ts';`, 'src/git/a.ts imports src/weights/b.ts'],
    ['src/operations/a.ts', `const b = await import('../git/b.ts');`, 'src/operations/a.ts imports src/git/b.ts'],
    ['src/cli/a.ts', `export { b } from '../git/b.ts';`, 'src/cli/a.ts imports src/git/b.ts'],
    ['src/ports/a.ts', `type B = import('../schema/b.ts').B;`, 'src/ports/a.ts imports src/schema/b.ts'],
    ['src/a.ts', '', 'src/a.ts lies in no layer'],
    ['src/services/a.ts', '', 'src/services/a.ts lies in no layer'],
  ],
  'each engine has its place, and pure layers have none': [
    ['src/domain/a.ts', `import { join } from 'node:path';`, 'src/domain/a.ts imports node:path'],
    ['src/operations/a.ts', `import type { Stats } from 'node:fs';`, 'src/operations/a.ts imports node:fs'],
    ['src/cli/a.ts', `import git from 'isomorphic-git';`, 'src/cli/a.ts imports isomorphic-git'],
    ['src/schema/a.ts', `import { Ajv } from 'ajv';`, 'src/schema/a.ts imports ajv'],
    ['src/git/a.ts', `import { sha256 } from '@noble/hashes/sha2.js';`, 'src/git/a.ts imports @noble/hashes/sha2.js'],
    ['src/git/b.ts', `import leftPad from 'left-pad';`, 'src/git/b.ts imports left-pad'],
    ['src/cli/b.ts', `import { f } from '../../fixtures/f.ts';`, 'src/cli/b.ts imports fixtures/f.ts'],
  ],
  'pure layers know no clock, no chance and no process': [
    ['src/domain/a.ts', 'const at = Date.now();', 'src/domain/a.ts uses Date.now'],
    ['src/domain/b.ts', 'const at = new Date();', 'src/domain/b.ts uses new Date()'],
    ['src/domain/c.ts', 'const chance = Math.random();', 'src/domain/c.ts uses Math.random'],
    ['src/operations/d.ts', `console.log('done');`, 'src/operations/d.ts uses console.log'],
    ['src/operations/e.ts', `const home = process.env['HOME'];`, 'src/operations/e.ts uses process.env'],
  ],
  'no files import each other in a ring': [
    [
      'src/domain/a.ts',
      `import type { B } from './b.ts';`,
      'src/domain/a.ts -> src/domain/b.ts -> src/domain/c.ts -> src/domain/a.ts',
    ],
    ['src/domain/b.ts', `import type { C } from './c.ts';`, ''],
    ['src/domain/c.ts', `import type { A } from './a.ts';`, ''],
  ],
  'ref names are spelled in one file': [
    ['src/git/a.ts', `const ref = 'refs/registry/sha/x';`, 'src/git/a.ts holds refs/registry/sha/x'],
    [
      'src/git/b.ts',
      'const ref = (sha: string) => `refs/registry/sha/${sha}`;',
      'src/git/b.ts holds refs/registry/sha/',
    ],
    [
      'src/cli/c.ts',
      `const hint = 'git update-ref -d refs/registry-lost/x';`,
      'src/cli/c.ts holds git update-ref -d refs/registry-lost/x',
    ],
  ],
  'one file ends the process': [
    ['src/cli/a.ts', 'process.exitCode = 1;', 'src/cli/a.ts uses process.exitCode'],
    ['src/git/b.ts', 'process.exit(1);', 'src/git/b.ts uses process.exit'],
  ],
  'files have at most 400 lines': [['src/domain/a.ts', '\n'.repeat(401), 'src/domain/a.ts has 401 lines']],
  'nothing is exported as default': [
    ['src/domain/a.ts', '/** A. */\nexport default class A {}', 'src/domain/a.ts has a default export'],
    ['src/domain/b.ts', 'const b = 1;\nexport { b as default };', 'src/domain/b.ts has a default export'],
  ],
  'names say what a thing is': [
    ['src/domain/string-utils.ts', '', 'src/domain/string-utils.ts is named for nothing'],
    ['src/git/helpers/a.ts', '', 'src/git/helpers/a.ts is named for nothing'],
    ['src/git/b.ts', '/** B. */\nexport class CacheManager {}', 'src/git/b.ts exports CacheManager'],
  ],
  'every export has a docstring': [
    ['src/domain/a.ts', 'export const a = 1;', 'src/domain/a.ts exports a without a docstring'],
    [
      'src/domain/b.ts',
      '/** Of something else. */\nconst c = 1;\nexport function b(): void {}',
      'src/domain/b.ts exports b without a docstring',
    ],
    ['src/domain/d.ts', '// Not one.\nexport interface D {}', 'src/domain/d.ts exports D without a docstring'],
  ],
};

/** Files that come near to breaking rules and break none. */
const CLEAN: Readonly<Record<string, string>> = {
  'src/cli/compose.ts': `import { a } from '../git/a.ts';\nimport { b } from '../operations/b.ts';`,
  'src/cli/main.ts': 'process.exitCode = 1;',
  'src/cli/common-options.ts': `import about from '../../package.json' with { type: 'json' };`,
  'src/git/ref-names.ts': `const ROOT = 'refs/registry/';`,
  'src/git/a.ts': '// Moves refs/registry/log.\n/** Of `refs/registry/sha`. */\nexport const hrefs = "hrefs/x";',
  'src/operations/b.ts': `import { c } from '../domain/c.ts';\nconst at = new Date('2026-01-01T00:00:00.000Z');\nconst first = Date.UTC(2026);`,
  'src/domain/c.ts': '/** Overloaded. */\nexport function c(): void;\nexport function c(a?: string): void {}',
  'src/demo/main.ts': `import { predict } from '../../fixtures/predict.ts';`,
  'src/domain/long.ts': '\n'.repeat(400),
};

const sources = readSources('.');

test.each(Object.entries(RULES))('in src, %s', (_name, rule) => {
  expect(rule(sources)).toEqual([]);
});

describe('the rule that', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'architecture-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const plant = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };

  test.each(Object.entries(PLANTED))('%s finds what breaks it, and no other rule does', (name, planted) => {
    for (const [file, text] of planted) plant(file, text);
    const tree = readSources(root);
    const expected = planted.map(([, , finding]) => finding).filter((finding) => finding !== '');
    expect(RULES[name]?.(tree).sort()).toEqual(expected.sort());
    for (const [other, rule] of Object.entries(RULES)) {
      if (other !== name) expect(rule(tree), other).toEqual([]);
    }
  });

  test.each(Object.entries(RULES))('%s finds nothing where nothing is wrong', (_name, rule) => {
    for (const [file, text] of Object.entries(CLEAN)) plant(file, text);
    expect(rule(readSources(root))).toEqual([]);
  });
});

test('docs/errors.md is what the tables of faults and findings give (npm run docs)', () => {
  expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorsPage());
});

test('the size guide counts every file and every function with a body', () => {
  const guide = sizeGuide(sources);
  console.log(guide);
  expect(guide).toMatch(new RegExp(`^${sources.length} files: median \\d+, p90 \\d+, longest src/`));
  expect(guide).toMatch(/\n\d{2,} functions: median \d+/);
});
