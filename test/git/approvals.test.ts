import { describe, expect, test } from 'vitest';
import { sha256Of } from '../../src/domain/digest.ts';
import { approvals } from '../../src/operations/approvals.ts';
import { type ApproveInput, type ApproveResult, approve } from '../../src/operations/approve.ts';
import { promote } from '../../src/operations/promote.ts';
import { verify } from '../../src/operations/verify.ts';
import { withdraw } from '../../src/operations/withdraw.ts';
import { eventsIn } from '../support/sync-rig.ts';
import { TEAM_POLICY, type TeamRig, teamRig } from '../support/team-rig.ts';

const TO = { spec: 'm@v1.0.0', to: 'production' } as const;

async function decideAs(team: TeamRig, person: string, told: Partial<ApproveInput> = {}): Promise<ApproveResult> {
  return approve(await team.as(person), { kind: 'approve', ...TO, ...told });
}

function faultsOf({ approvals: { given } }: ApproveResult): readonly (readonly [string, string | undefined])[] {
  return given.map(({ email, fault }) => [email.split('@')[0] ?? '', fault]);
}

async function withV1(policy?: string): Promise<TeamRig> {
  const team = await teamRig(policy);
  await team.register(1, 'v1.0.0');
  return team;
}

describe('an approval', () => {
  test('names content, stage, effective policy and bound report, and brings both texts as evidence', async () => {
    const team = await withV1();
    const result = await decideAs(team, 'bo', { comment: 'by hand' });
    const { repository } = team.rig;
    const [event] = eventsIn(repository).slice(-1);
    expect(event).toMatchObject({
      kind: 'approve',
      to: 'production',
      sha256: result.sha256,
      policy: result.policy,
      report: result.report,
      comment: 'by hand',
      by: { email: 'bo@example.org' },
    });
    const tree = 'refs/registry/log/m:evidence';
    for (const name of [result.policy, result.report])
      expect(sha256Of(repository.git(['cat-file', 'blob', `${tree}/${name}`]))).toBe(name);
    expect(JSON.parse(repository.git(['cat-file', 'blob', `${tree}/${result.policy}`]))).toMatchObject({
      to: 'production',
      approvals: { count: 2, from: ['bo@example.org', 'cy@example.org', 'dee@example.org'] },
    });
    expect((await verify(team.rig.workspace, { specs: [], weights: false })).findings).toEqual([]);
  });

  test('is written once: the same person on the same evidence has nothing to do', async () => {
    const team = await withV1();
    const first = await decideAs(team, 'bo');
    const second = await decideAs(team, 'BO@Example.org');
    expect([second.changed, second.event]).toEqual([false, first.event]);
    expect(eventsIn(team.rig.repository).length).toBe(3);
  });

  test('is refused to whoever registered it, and to whoever is not on the list', async () => {
    const team = await withV1();
    await expect(decideAs(team, 'ana')).rejects.toMatchObject({ code: 'not-allowed', data: { why: 'registrar' } });
    await expect(decideAs(team, 'eve')).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('bo@example.org, cy@example.org, dee@example.org'),
    });
  });

  test('is refused where the gates fail, and nothing is written', async () => {
    const team = await teamRig();
    await team.register(1, 'v1.0.0', { 'eval_report.json': '{"overall":{"accuracy":0.5}}' });
    const result = await decideAs(team, 'bo');
    expect(result).toMatchObject({ refused: true, changed: false, event: null });
    expect(result.verdicts).toMatchObject([{ outcome: 'fail', value: '0.5', threshold: '0.85' }]);
    expect(eventsIn(team.rig.repository).length).toBe(2);
  });

  test('writes nothing on a dry run', async () => {
    const team = await withV1();
    expect(await decideAs(team, 'bo', { dryRun: true })).toMatchObject({ changed: true, dryRun: true, event: null });
    expect(eventsIn(team.rig.repository).length).toBe(2);
  });

  test('promotes with --and-promote when it is enough, and not before', async () => {
    const team = await withV1();
    expect((await decideAs(team, 'bo', { andPromote: true })).promoted).toBeNull();
    const last = await decideAs(team, 'cy', { andPromote: true });
    expect(last.promoted).toMatchObject({ changed: true, stage: 'production' });
    const [stage] = eventsIn(team.rig.repository).slice(-1);
    expect(stage).toMatchObject({ kind: 'stage', approvals: last.approvals.counted });
    expect((await decideAs(team, 'dee')).isThere).toBe(true);
  });
});

describe('what an approval counts for', () => {
  test('ends with other rules for the stage, but not rules for another one', async () => {
    const team = await withV1();
    await decideAs(team, 'bo');
    team.commit({ 'registry.yaml': `${TEAM_POLICY}key_metrics: [overall.accuracy]\n` });
    expect(faultsOf(await decideAs(team, 'cy'))).toEqual([
      ['bo', undefined],
      ['cy', undefined],
    ]);
    team.commit({ 'registry.yaml': TEAM_POLICY.replace('0.85', '0.86') });
    expect(faultsOf(await decideAs(team, 'dee'))).toEqual([
      ['bo', 'stale-policy'],
      ['cy', 'stale-policy'],
      ['dee', undefined],
    ]);
  });

  test('ends when it is withdrawn, by the same person alone', async () => {
    const team = await withV1();
    const { event } = await decideAs(team, 'bo');
    const what = event ?? '';
    await expect(withdraw(await team.as('cy'), { what })).rejects.toMatchObject({ code: 'not-allowed' });
    expect((await withdraw(await team.as('bo'), { what })).withdrawn).toMatchObject([{ event: what }]);
    expect((await withdraw(await team.as('bo'), { what: TO.spec, to: TO.to })).changed).toBe(false);
    expect(faultsOf(await decideAs(team, 'cy'))).toEqual([
      ['bo', 'withdrawn'],
      ['cy', undefined],
    ]);
    expect((await decideAs(team, 'bo')).approvals.holds).toBe(true);
  });

  test('is nothing beside a rejection, until that is withdrawn', async () => {
    const team = await withV1();
    await decideAs(team, 'bo');
    await decideAs(team, 'cy');
    const rejected = await decideAs(team, 'dee', { kind: 'reject', comment: 'says goed' });
    expect(rejected.approvals).toMatchObject({ rejected: true, holds: false });
    const asked = { ...TO, dryRun: true };
    expect((await promote(await team.as('ana'), asked)).governed?.refused).toBe(true);
    await expect(decideAs(team, 'dee')).rejects.toMatchObject({ code: 'not-allowed', data: { why: 'rejected' } });
    await withdraw(await team.as('dee'), { what: TO.spec, to: TO.to });
    expect((await promote(await team.as('ana'), asked)).governed?.refused).toBe(false);
  });

  test('is one: another address of the same person adds nothing', async () => {
    const team = await withV1(TEAM_POLICY.replace('from: [bo', 'from: [bo@work.example, bo'));
    await decideAs(team, 'bo');
    team.commit({ '.mailmap': 'Bo <bo@example.org> <Bo@Work.example>\n' });
    expect((await decideAs(team, 'bo@work.example')).changed).toBe(false);
    expect((await promote(await team.as('cy'), TO)).governed?.approvals).toMatchObject({ needed: 2, holds: false });
  });

  test('is one also where two addresses are found out to be one person later', async () => {
    const team = await withV1(TEAM_POLICY.replace('from: [bo', 'from: [bo@work.example, bo'));
    await decideAs(team, 'bo');
    expect((await decideAs(team, 'bo@work.example')).approvals.holds).toBe(true);
    team.commit({ '.mailmap': '<bo@example.org> <bo@work.example>\n' });
    const { governed } = await promote(await team.as('cy'), TO);
    expect(governed?.approvals.given.map(({ fault }) => fault)).toEqual([undefined, 'same-person']);
    expect(governed?.refused).toBe(true);
  });
});

describe('the list of approvals', () => {
  test('names what waits, who has decided, and what is there', async () => {
    const team = await withV1();
    const rowsOf = async (waiting: boolean): Promise<readonly string[]> =>
      (await approvals(await team.as('ana'), { waiting })).map(
        ({ version, status, approvals: { needed, counted } }) => `${version} ${status} ${counted.length}/${needed}`,
      );
    expect(await rowsOf(true)).toEqual(['v1.0.0 waiting 0/2']);
    await decideAs(team, 'bo');
    await decideAs(team, 'cy');
    expect([await rowsOf(true), await rowsOf(false)]).toEqual([[], ['v1.0.0 ready 2/2']]);
    await promote(await team.as('ana'), TO);
    await team.register(2, 'v1.1.0');
    await team.register(3, 'v1.2.0', { 'eval_report.json': '{"overall":{"accuracy":0.5}}' });
    expect(await rowsOf(true)).toEqual(['v1.1.0 waiting 0/2']);
    expect(await rowsOf(false)).toEqual(['v1.0.0 there 2/2', 'v1.1.0 waiting 0/2', 'v1.2.0 failing 0/2']);
  });
});
