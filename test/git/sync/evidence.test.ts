/** Files of evidence go where their events go, byte for byte, and are verified there (format §6.1). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodeOfIssues } from '../../../src/cli/render/sync.ts';
import type { Sha256 } from '../../../src/domain/digest.ts';
import { annotate } from '../../../src/operations/annotate.ts';
import { promote } from '../../../src/operations/promote.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { verify } from '../../../src/operations/verify.ts';
import { appendWithEvidence, digestOf, evidenceTree } from '../../support/evidence.ts';
import { type SyncClone, syncRig } from '../../support/sync-rig.ts';
import { readEvents, writeEvents } from '../../support/tamper.ts';
import type { TemporaryRepository } from '../../support/temporary-repository.ts';

const ALL = { words: [] };
const [POLICY, REPORT] = ['model: m', '{"report":1}'];
const TO = 'production';

/** An approval with its policy and report, then a stage move that names it, with a policy that asks for nothing. */
async function approveAndStage(clone: SyncClone, sha256: Sha256): Promise<void> {
  const approval = await appendWithEvidence(
    clone,
    { kind: 'approve', sha256, to: TO, policy: digestOf(POLICY), report: digestOf(REPORT) },
    [POLICY, REPORT],
  );
  await appendWithEvidence(
    clone,
    {
      ...{ kind: 'stage', sha256, from: null, to: TO, policy: digestOf(POLICY), approvals: [approval] },
      verdicts: [],
    },
    [POLICY],
  );
}

/** Returns the files of each event of model `m`: `NAME TEXT`. */
function filesOf(repository: TemporaryRepository): readonly (readonly string[])[] {
  return readEvents(repository).map(({ tree }) => {
    const lines = repository.git(['ls-tree', '-r', tree]).split('\n');
    return lines
      .filter((line) => line !== '')
      .map((line) => {
        const [, , rest = ''] = line.split(' ');
        const [id = '', path = ''] = rest.split('\t');
        return `${path} ${repository.git(['cat-file', 'blob', id])}`;
      });
  });
}

const shown = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => `evidence/${digestOf(text)} ${text}`).sort();
const OF_APPROVAL = shown([POLICY, REPORT]);
const OF_STAGE = shown([POLICY]);

test.each(['sha1', 'sha256'] as const)(
  'evidence is pushed and pulled with its events, and verifies (%s)',
  async (format) => {
    const rig = syncRig(format);
    const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
    const { sha256 } = await ada.register(1);
    await approveAndStage(ada, sha256);
    expect(await push(ada.workspace, ALL)).toMatchObject({ logs: [{ model: 'm', events: 4 }], issues: [] });
    expect(await pull(bo.workspace, ALL)).toMatchObject({ models: [{ kind: 'new', received: 4 }], issues: [] });
    expect(filesOf(bo.repository)).toEqual([[], [], OF_APPROVAL, OF_STAGE]);
    expect(bo.ref('refs/registry/stage/m/production')).toBe(ada.ref('refs/registry/stage/m/production'));
    expect(await verify(bo.workspace, { specs: [], weights: false })).toMatchObject({ ok: true, findings: [] });
    expect(bo.repository.tryGit(['fsck', '--strict', '--connectivity-only']).exitCode).toBe(0);
  },
);

test('events that are replayed keep their evidence', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  // A replay voids what was decided under another policy, so this one is in force.
  writeFileSync(join(ada.repository.folder, 'registry.yaml'), 'gates: { production: { fresh: { within: 900d } } }\n');
  const { sha256 } = await ada.register(1);
  await push(ada.workspace, ALL);
  await pull(bo.workspace, ALL);
  await annotate(bo.workspace, { target: { kind: 'model', model: 'm' }, set: { owner: 'bo' }, unset: [] });
  await push(bo.workspace, ALL);
  await promote(ada.workspace, { spec: `m@${sha256}`, to: TO });
  const evidence = filesOf(ada.repository).at(-1) ?? [];
  expect(evidence.map((line) => line.replace(/^evidence\/[0-9a-f]{64} /, '').slice(0, 5)).sort()).toEqual([
    'gates',
    '{"inp',
  ]);
  const pushed = await push(ada.workspace, ALL);
  expect(pushed).toMatchObject({ issues: [], settled: [{ kind: 'replay', received: 1, unpublished: 1 }] });
  expect(ada.events().map(({ kind }) => kind)).toEqual(['create', 'register', 'annotate', 'stage']);
  expect(filesOf(rig.remote)).toEqual([[], [], [], evidence]);
  expect(await verify(ada.workspace, { specs: [], weights: false })).toMatchObject({ ok: true, findings: [] });
  expect(await pull(bo.workspace, ALL)).toMatchObject({ issues: [] });
  expect(filesOf(bo.repository)).toEqual([[], [], [], evidence]);
});

test.each([
  [
    'other bytes than its name says',
    [POLICY, 'forged'],
    (text: string) => (text === 'forged' ? digestOf(REPORT) : digestOf(text)),
  ],
  ['a file that the event does not name', [POLICY, REPORT, 'unasked'], digestOf],
] as const)(
  'a remote whose evidence has %s is caught: exit 5, and what is known stays',
  async (_what, texts, nameOf) => {
    const rig = syncRig();
    const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
    const { sha256 } = await ada.register(1);
    await push(ada.workspace, ALL);
    await pull(bo.workspace, ALL);
    const known = bo.ref('refs/registry/log/m');
    await approveAndStage(ada, sha256);
    await push(ada.workspace, ALL);
    const events = readEvents(rig.remote);
    const tree = evidenceTree(rig.remote, texts, nameOf);
    writeEvents(
      rig.remote,
      events.map((event, index) => (index === 2 ? { ...event, tree } : event)),
    );
    const { issues } = await pull(bo.workspace, ALL);
    expect(issues).toMatchObject([{ code: 'remote-tampered', data: { model: 'm', finding: 'event-wrong-evidence' } }]);
    expect(exitCodeOfIssues(issues)).toBe(5);
    expect(bo.ref('refs/registry/log/m')).toBe(known);
    expect(bo.repository.tryGit(['cat-file', '-e', tree]).exitCode).not.toBe(0);
  },
);
