/** A server judges every move that is pushed to it, by the rules that it carries and by those of its own ref. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cliRegistryAt, sharedCliRegistry } from '../../support/cli-registry.ts';
import { lmBundle } from '../../support/registry-rig.ts';
import { copyRig, type ServerRig, serverBeside } from '../../support/server-rig.ts';
import { editJson, readEvents, writeEvents } from '../../support/tamper.ts';

const STRICT = `gates: { production: { min_overall.accuracy: 0.85 } }
approvals: { production: { count: 1, from: [bo@example.org] } }
`;
const LOG = 'refs/registry/log/m';
const EVERYTHING = 'refs/registry/*:refs/registry/*';

const registry = sharedCliRegistry();

function govern({ client, server }: Pick<ServerRig, 'client' | 'server'>, text: string): void {
  writeFileSync(join(client.folder, 'registry.yaml'), text);
  client.git(['add', 'registry.yaml']);
  client.git(['commit', '--quiet', '--allow-empty', '-m', 'policy']);
  client.git(['push', '--quiet', server.folder, 'HEAD:refs/heads/main']);
}

const made = serverBeside(registry);
govern(made, STRICT);
registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
const BO = { env: { GIT_COMMITTER_NAME: 'Bo', GIT_COMMITTER_EMAIL: 'bo@example.org' } };
registry.runIn(BO, 'approve', 'm@v1.0.0', '--to', 'production');
made.push([EVERYTHING]);

/** A copy, under the server's own rules or those that moves carry alone. */
function copied(policyRef?: 'main'): ServerRig {
  const rig = copyRig(registry);
  if (policyRef !== undefined) rig.server.git(['config', 'registry.policyRef', policyRef]);
  return rig;
}

function expectRefused(rig: ServerRig, rule: string, says: string): void {
  const { exitCode, stderr, refs } = rig.push([`${LOG}:${LOG}`]);
  expect([exitCode, refs.get(LOG)]).toEqual([1, expect.stringContaining('hook declined')]);
  expect(stderr).toContain(rule);
  expect(stderr).toContain(says);
}

test.each([undefined, 'main'] as const)('a move that holds lands, where registry.policyRef is %s', (policyRef) => {
  const rig = copied(policyRef);
  cliRegistryAt(rig.client).must('promote', 'm@v1.0.0', '--to', 'production');
  expect(rig.push([EVERYTHING]).exitCode).toBe(0);
});

test('a move that leaves out its approvals is refused, with every rule by name', () => {
  const rig = copied();
  cliRegistryAt(rig.client).must('promote', 'm@v1.0.0', '--to', 'production');
  const events = readEvents(rig.client);
  writeEvents(
    rig.client,
    editJson(events, events.length - 1, (event) => Object.assign(event, { approvals: [] })),
  );
  expectRefused(rig, 'stage-not-justified', '0 of 1 approvals');
});

test('a move under rules that its author made up lands where nothing is pinned, and is refused where the ref is', () => {
  for (const policyRef of [undefined, 'main'] as const) {
    const rig = copied(policyRef);
    rig.client.git(['config', 'registry.policyRef', 'HEAD']);
    writeFileSync(join(rig.client.folder, 'registry.yaml'), 'key_metrics: [loss]\n');
    rig.client.git(['commit', '--quiet', '-a', '-m', 'no rules']);
    cliRegistryAt(rig.client).must('promote', 'm@v1.0.0', '--to', 'production');
    if (policyRef === undefined) expect(rig.push([EVERYTHING]).exitCode).toBe(0);
    else expectRefused(rig, 'stage-not-justified', 'other rules are in force here');
  }
});

test('rules for other stages may differ from those of the ref', () => {
  const rig = copied('main');
  writeFileSync(join(rig.client.folder, 'registry.yaml'), `${STRICT}key_metrics: [loss]\n`);
  rig.client.git(['commit', '--quiet', '-a', '-m', 'what lists show']);
  cliRegistryAt(rig.client).must('promote', 'm@v1.0.0', '--to', 'production');
  expect(rig.push([EVERYTHING]).exitCode).toBe(0);
});

test('what the ref allows to nobody here is refused', () => {
  const rig = copied('main');
  const client = cliRegistryAt(rig.client);
  client.must('annotate', 'm@v1.0.0', 'k=v');
  const other = copied('main');
  govern(other, `${STRICT}allow: { annotate: [bo@example.org] }\n`);
  const { exitCode, stderr } = other.pushFrom(rig.client, [`${LOG}:${LOG}`]);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('annotate is not allowed to ada@example.org')]);
});
