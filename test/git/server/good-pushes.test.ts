/** What an honest team does with a server that has our hooks: everything lands. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedCliRegistry } from '../../support/cli-registry.ts';
import { lmBundle } from '../../support/registry-rig.ts';
import { copyRig, refsOf, serverBeside } from '../../support/server-rig.ts';

const registry = sharedCliRegistry();
const everything = 'refs/registry/*:refs/registry/*';

serverBeside(registry);
registry.must('register', registry.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
registry.must('register', registry.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0');
registry.must('register', registry.bundle('c', lmBundle(3)), '--model', 'm', '--pending');
registry.must('promote', 'm@v1.0.0', '--to', 'production');
registry.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'code']);

test('a whole registry arrives in one plain push, atomic or not', () => {
  for (const options of [[], ['--atomic']]) {
    const rig = copyRig(registry);
    const { exitCode, stderr } = rig.push([everything, 'HEAD:refs/heads/main'], ...options);
    expect(stderr).not.toContain('error');
    expect(exitCode).toBe(0);
    expect(rig.refs()).toEqual(refsOf(rig.client));
  }
});
