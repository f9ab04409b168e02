import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** One suite: `test/<name>`, with the seconds that one of its tests may take, and what must be built before. */
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
      suite('unit', 5, 'validators', ['test/unit/**/*.test.ts', 'test/*.test.ts']),
      suite('contract', 30, 'validators'),
      suite('property', 60, 'validators'),
      suite('git', 300, 'program'),
      suite('cli', 300, 'program'),
      suite('interop', 900, 'program'),
      suite('fault', 1800, 'program'),
    ],
  },
});
