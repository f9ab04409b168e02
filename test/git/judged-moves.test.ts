/** Moves that somebody wrote past the program: verify says what does not hold, and takes what does. */
import { describe, expect, test } from 'vitest';
import type { Sha256 } from '../../src/domain/digest.ts';
import { sha256Of } from '../../src/domain/digest.ts';
import type { EventBody, Verdict } from '../../src/domain/event.ts';
import type { EvidenceFile } from '../../src/domain/evidence.ts';
import type { EntryState, ModelState } from '../../src/domain/state.ts';
import { planMove } from '../../src/domain/transitions.ts';
import { encodeUtf8 } from '../../src/domain/utf8.ts';
import { appendEvents } from '../../src/operations/append-events.ts';
import { approve } from '../../src/operations/approve.ts';
import { demote } from '../../src/operations/demote.ts';
import { governMove } from '../../src/operations/gates/govern-move.ts';
import { promote } from '../../src/operations/promote.ts';
import { rollback } from '../../src/operations/rollback.ts';
import { verify } from '../../src/operations/verify.ts';
import { withdraw } from '../../src/operations/withdraw.ts';
import { TEAM_POLICY, type TeamRig, teamRig } from '../support/team-rig.ts';

type Stage = Extract<EventBody, { kind: 'stage' }>;

const GOOD = 'm@v1.0.0';

/** What an attacker changes of the move that would be honest. */
interface Forged {
  readonly body?: (honest: Stage, state: ModelState, files: readonly EvidenceFile[]) => Partial<Stage>;
  readonly evidence?: (honest: readonly EvidenceFile[]) => readonly EvidenceFile[];
}

/** Writes the move of the only entry to production as somebody, with whatever is changed. */
async function forge(team: TeamRig, person: string, { body, evidence }: Forged): Promise<void> {
  const workspace = await team.as(person);
  await appendEvents(workspace, 'm' as never, async ({ state, at, by }) => {
    const [entry] = [...state.entries.values()] as [EntryState];
    const { ground } = await governMove(workspace, { state, entry, to: 'production', target: 'production', at, by });
    const { evidence: files, ...members } = ground;
    const honest = planMove(state, entry, 'production', 'promote', members) as Stage;
    const event = {
      body: { ...honest, ...body?.(honest, state, files) },
      entryCommit: entry.commit,
      evidence: evidence?.(files) ?? files,
    };
    return { kind: 'append', events: [event], answer: () => undefined };
  });
}

async function findingsOf(team: TeamRig): Promise<readonly string[]> {
  const { findings } = await verify(await team.rig.reopen(), { specs: [], weights: false });
  return findings.map(({ code, message }) => `${code}: ${message}`);
}

async function approvedBy(team: TeamRig, ...people: readonly string[]): Promise<void> {
  for (const person of people) await approve(await team.as(person), { kind: 'approve', spec: GOOD, to: 'production' });
}

async function withV1(policy?: string, told?: Readonly<Record<string, string>>): Promise<TeamRig> {
  const team = await teamRig(policy);
  await team.register(1, 'v1.0.0', told);
  return team;
}

/** Replaces the gate report by a changed one, and names that. */
function withReport(change: (text: string) => string): Forged {
  const changed = (files: readonly EvidenceFile[]): EvidenceFile => {
    const bytes = encodeUtf8(change(new TextDecoder().decode(files[0]?.bytes)));
    return { sha256: sha256Of(bytes), bytes };
  };
  return {
    evidence: (files) => [changed(files), ...files.slice(1)],
    body: ({ verdicts }, _state, files) => ({
      verdicts: verdicts.map((verdict) => ({
        ...(JSON.parse(change(JSON.stringify(verdict))) as Verdict),
        evidence: [changed(files).sha256],
      })),
    }),
  };
}

describe('a move that holds', () => {
  test('is one that promote has made, also as an emergency, down again and back', async () => {
    const team = await withV1();
    await approvedBy(team, 'bo', 'cy');
    await promote(await team.as('ana'), { spec: GOOD, to: 'production' });
    await team.register(2, 'v2.0.0', { 'eval_report.json': '{"overall":{"accuracy":0.1}}' });
    await promote(await team.as('dee'), { spec: 'm@v2.0.0', to: 'production', emergency: true, reason: 'at night' });
    await rollback(await team.as('ana'), { model: 'm' });
    await demote(await team.as('ana'), { spec: GOOD, to: 'development', replace: false });
    expect((await findingsOf(team)).filter((it) => it.startsWith('stage-not-justified'))).toEqual([]);
  });

  test('may rest on a candidate that got its version with it', async () => {
    const team = await teamRig();
    await team.registerPending(1);
    const [spec] = await team.shas();
    for (const person of ['bo', 'cy'])
      await approve(await team.as(person), { kind: 'approve', spec: `m@${spec}`, to: 'production' });
    const asked = { spec: `m@${spec}`, to: 'production', version: { kind: 'bump', bump: 'patch' } } as const;
    expect((await promote(await team.as('bo'), asked)).governed?.refused).toBe(true);
    expect((await promote(await team.as('dee'), asked)).changed).toBe(true);
    expect(await findingsOf(team)).toEqual([]);
  });
});

describe('a move that does not hold is found', () => {
  const cases: readonly (readonly [what: string, approvers: readonly string[], forged: Forged, says: string])[] = [
    ['without its approvals', ['bo'], {}, '1 of 2 approvals'],
    [
      'that leaves out a verdict',
      ['bo', 'cy'],
      { body: () => ({ verdicts: [] }), evidence: (files) => files.slice(1) },
      'gate min_overall.accuracy has no verdict',
    ],
    [
      'without its gate report',
      ['bo', 'cy'],
      { evidence: (files) => files.slice(1) },
      'no gate report for production is with it',
    ],
    [
      'without its registry.yaml',
      ['bo', 'cy'],
      { evidence: (files) => files.slice(0, 1) },
      'the registry.yaml that it names is not with it',
    ],
    [
      'that names one approval twice',
      ['bo'],
      { body: ({ approvals: [one = ''] }) => ({ approvals: [one, one] }) },
      '1 of 2 approvals',
    ],
    [
      'with another value than its bytes give',
      ['bo', 'cy'],
      withReport((text) => text.replace('"value":"0.9"', '"value":"0.95"')),
      'judged again it is pass at 0.9, the report says pass at 0.95',
    ],
    [
      'with another threshold than the policy',
      ['bo', 'cy'],
      withReport((text) => text.replace('"threshold":"0.85"', '"threshold":"0.5"')),
      'fails by its own numbers',
    ],
    [
      'whose verdicts are not those of the report',
      ['bo', 'cy'],
      { body: ({ verdicts }) => ({ verdicts: verdicts.map((it) => ({ ...it, value: '0.99' })) }) },
      'its verdicts are not those of its gate report',
    ],
    [
      'as an emergency of somebody who may not',
      [],
      { body: () => ({ emergency: true }) },
      'ana@example.org may declare no emergency',
    ],
    [
      'as a rollback of what was never there',
      ['bo', 'cy'],
      { body: () => ({ cause: 'rollback' }) },
      'it says rollback, and was never in production',
    ],
    [
      'as a demotion that goes up',
      [],
      { body: () => ({ cause: 'demote', verdicts: [], approvals: [] }), evidence: (files) => files.slice(1) },
      'production is not below development',
    ],
    [
      'as an archive that goes to production',
      [],
      { body: () => ({ cause: 'archive', verdicts: [], approvals: [] }), evidence: (files) => files.slice(1) },
      'it says archive and goes to production',
    ],
  ];
  test.each(cases)('%s', async (_what, approvers, forged, says) => {
    const team = await withV1();
    await approvedBy(team, ...approvers);
    await forge(team, 'ana', forged);
    const found = await findingsOf(team);
    expect(found.join()).toContain(says);
    expect(found.filter((finding) => !finding.startsWith('stage-not-justified'))).toEqual([]);
  });

  test('whose approval was withdrawn, is of other evidence, or stands beside a rejection', async () => {
    const team = await withV1();
    await approvedBy(team, 'bo', 'cy');
    const ids = (state: ModelState): { approvals: string[] } => ({ approvals: [...state.approvals.keys()] });
    await withdraw(await team.as('bo'), { what: GOOD, to: 'production' });
    await forge(team, 'ana', { body: (_honest, state) => ids(state) });
    expect(await findingsOf(team)).toEqual([
      'stage-not-justified: approval of bo@example.org does not count: withdrawn; 1 of 2 approvals',
    ]);
  });

  test('by a way that transitions does not have', async () => {
    const team = await withV1(`transitions: [development -> staging, staging -> production]\n`);
    await forge(team, 'ana', {});
    expect(await findingsOf(team)).toEqual([
      'stage-not-justified: development -> production: registry.yaml lets it go to staging from development',
    ]);
  });

  test('by somebody whom the policy it carries does not allow it to', async () => {
    const team = await withV1();
    const policy = encodeUtf8('allow: { promote.production: [bo@example.org] }\n');
    const file = { sha256: sha256Of(policy) as Sha256, bytes: policy };
    const body = (): Partial<Stage> => ({ policy: file.sha256, verdicts: [], approvals: [] });
    await forge(team, 'ana', { body, evidence: () => [file] });
    expect(await findingsOf(team)).toEqual([
      'stage-not-justified: promote.production is not allowed to ana@example.org',
    ]);
  });
});

test('the policy of the time decides, not the one that is in force now', async () => {
  const team = await withV1();
  await approvedBy(team, 'bo', 'cy');
  await promote(await team.as('ana'), { spec: GOOD, to: 'production' });
  team.commit({ 'registry.yaml': TEAM_POLICY.replace('0.85', '0.99').replace('count: 2', 'count: 3') });
  expect(await findingsOf(team)).toEqual([]);
});
