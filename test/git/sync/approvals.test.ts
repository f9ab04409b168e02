import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseVersion } from '../../../src/domain/version.ts';
import { type ApproveInput, type ApproveResult, approve } from '../../../src/operations/approve.ts';
import { promote } from '../../../src/operations/promote.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { verify } from '../../../src/operations/verify.ts';
import { withdraw } from '../../../src/operations/withdraw.ts';
import { eventsIn, type SyncClone, syncRig } from '../../support/sync-rig.ts';
import { editJson, readEvents, writeEvents } from '../../support/tamper.ts';

const POLICY = `gates:
  production: { min_overall.accuracy: 0.85 }
approvals:
  production: { count: 2, from: [bo@example.org, cy@example.org, dee@example.org] }
`;
const TO = { spec: 'm@v1.0.0', to: 'production' } as const;

/** Gives a clone a registry.yaml that governs, as a commit. */
function govern({ repository }: SyncClone, policy: string): void {
  writeFileSync(join(repository.folder, 'registry.yaml'), policy);
  repository.git(['add', 'registry.yaml']);
  repository.git(['commit', '--quiet', '--allow-empty', '-m', 'policy']);
}

interface Team {
  readonly remote: ReturnType<typeof syncRig>['remote'];
  readonly ana: SyncClone;
  readonly bo: SyncClone;
  readonly cy: SyncClone;
}

/** Ana has published v1.0.0, and everybody has it. */
async function team(): Promise<Team> {
  const rig = syncRig();
  const [ana, bo, cy] = [await rig.clone('ana'), await rig.clone('bo'), await rig.clone('cy')];
  await ana.register(1, { version: { kind: 'as', version: parseVersion('v1.0.0') } });
  await push(ana.workspace, { words: [] });
  for (const clone of [ana, bo, cy]) govern(clone, POLICY);
  for (const clone of [bo, cy]) await pull(clone.workspace, { words: [] });
  return { remote: rig.remote, ana, bo, cy };
}

async function decide(clone: SyncClone, told: Partial<ApproveInput> = {}): Promise<ApproveResult> {
  return approve(await clone.reopen(), { kind: 'approve', ...TO, ...told });
}

const publish = async (clone: SyncClone): Promise<readonly string[]> =>
  (await push(await clone.reopen(), { words: [] })).issues.map(({ code }) => code);

const kindsOf = (remote: Team['remote']): readonly unknown[] => eventsIn(remote).map(({ kind }) => kind);

describe('approvals given offline', () => {
  test.each([
    ['bo', 'cy'],
    ['cy', 'bo'],
  ] as const)('pushed by %s before %s reach the quorum once', async (first, second) => {
    const { remote, ...people } = await team();
    const [early, late] = [people[first], people[second]];
    for (const clone of [early, late]) expect((await decide(clone, { andPromote: true })).promoted).toBeNull();
    expect(await publish(early)).toEqual([]);
    expect(await publish(late)).toEqual([]);
    await pull(await early.reopen(), { words: [] });
    for (const clone of [early, late]) await promote(await clone.reopen(), TO);
    expect(await publish(early)).toEqual([]);
    expect(await publish(late)).toEqual([]);
    expect(kindsOf(remote)).toEqual(['create', 'register', 'approve', 'approve', 'stage']);
    const counted = eventsIn(remote).at(-1)?.['approvals'];
    expect(counted).toEqual(
      eventsIn(remote)
        .slice(2, 4)
        .map(({ id }) => id),
    );
    expect((await verify(await late.reopen(), { specs: [], weights: false })).findings).toEqual([]);
  });

  test('carry no move any more when one of them was withdrawn meanwhile', async () => {
    const { remote, ana, bo, cy } = await team();
    for (const clone of [bo, cy]) {
      await decide(clone);
      await publish(clone);
    }
    await pull(await ana.reopen(), { words: [] });
    expect((await promote(await ana.reopen(), TO)).changed).toBe(true);
    await withdraw(await bo.reopen(), { what: TO.spec, to: TO.to });
    await publish(bo);
    expect(await publish(ana)).toEqual(['voided']);
    expect(kindsOf(remote).slice(-2)).toEqual(['withdraw', 'void']);
  });

  test.each([
    ['are void', 'for that stage', POLICY.replace('0.85', '0.86'), ['policy-changed']],
    ['stay', 'for something else', `${POLICY}pending_ttl: 2h\n`, []],
  ])('%s when the rules %s have changed meanwhile', async (_what, _which, policy, reasons) => {
    const { bo, cy } = await team();
    await decide(bo);
    await decide(cy);
    await publish(bo);
    govern(cy, policy);
    const { issues } = await push(await cy.reopen(), { words: [] });
    expect(issues.map(({ data }) => data['reason'])).toEqual(reasons);
  });

  test('stay when the registry.yaml that a move carries has other bytes, and the same rules for it', async () => {
    const { remote, ana, bo, cy } = await team();
    for (const clone of [bo, cy]) {
      await decide(clone);
      await publish(clone);
    }
    await pull(await ana.reopen(), { words: [] });
    await promote(await ana.reopen(), TO);
    await bo.register(2, { version: { kind: 'as', version: parseVersion('v2.0.0') } });
    await publish(bo);
    govern(ana, `# a remark\n${POLICY}`);
    expect(await publish(ana)).toEqual([]);
    expect(kindsOf(remote).at(-1)).toBe('stage');
  });
});

describe('a move that does not hold', () => {
  test('is taken by a pull, which says so, and is found by verify from then on', async () => {
    const { remote, ana, bo, cy } = await team();
    for (const clone of [bo, cy]) {
      await decide(clone);
      await publish(clone);
    }
    await pull(await ana.reopen(), { words: [] });
    await promote(await ana.reopen(), TO);
    const events = readEvents(ana.repository);
    writeEvents(
      ana.repository,
      editJson(events, events.length - 1, (event) => Object.assign(event, { approvals: [] })),
    );
    ana.repository.git(['push', '--quiet', remote.folder, 'refs/registry/log/m:refs/registry/log/m']);
    const { issues, models } = await pull(await bo.reopen(), { words: [] });
    expect(issues.filter(({ code }) => code === 'stage-not-justified')).toMatchObject([
      {
        message: 'm event 4 by ana@example.org: 0 of 2 approvals',
        data: { model: 'm', by: 'ana@example.org', faults: ['0 of 2 approvals'] },
      },
    ]);
    expect(models.map(({ kind, received }) => [kind, received])).toEqual([['fast-forward', 2]]);
    const { ok, findings } = await verify(await bo.reopen(), { specs: [], weights: false });
    expect([ok, findings.map(({ code }) => code)]).toEqual([false, ['stage-not-justified']]);
  });
});
