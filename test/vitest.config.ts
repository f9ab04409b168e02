import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * One suite: `test/<name>`, with the seconds after which one of its tests hangs, and what must be built before. They are
 * many times what the slowest takes on an idle machine: a busy one is slow, and that is no fault of the program.
 */
function suite(
  name: string,
  seconds: number,
  needs: 'program' | 'validators',
  include = [`test/${name}/**/*.test.ts`],
) {
  const testTimeout = seconds * 1000;
  const globalSetup = [`test/support/build-${needs}.ts`];
  return { extends: true, test: { name, include, testTimeout, hookTimeout: testTimeout, globalSetup } } as const;
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    // Two, since the smallest machine that this has to pass on has two cores, and many tests start git or node.
    maxWorkers: 2,
    env: { TZ: 'UTC', LC_ALL: 'C' },
    setupFiles: ['test/support/fixed-seed.ts'],
    projects: [
      suite('unit', 120, 'validators', ['test/unit/**/*.test.ts', 'test/*.test.ts']),
      suite('contract', 120, 'validators'),
      suite('property', 300, 'validators'),
      suite('git', 300, 'program'),
      suite('cli', 300, 'program'),
      suite('interop', 900, 'program'),
      suite('fault', 1800, 'program'),
    ],
  },
});
