import { expect, test } from 'vitest';
import { annotate } from '../../src/operations/annotate.ts';
import { approve } from '../../src/operations/approve.ts';
import { demote } from '../../src/operations/demote.ts';
import { promote } from '../../src/operations/promote.ts';
import { eventsIn } from '../support/sync-rig.ts';
import { type TeamRig, teamRig } from '../support/team-rig.ts';

const POLICY = `allow:
  register: [ana@example.org]
  promote: [ana@example.org, "@operators"]
  promote.production: ["@operators"]
  demote.production: [dee@example.org]
  approve: [cy@example.org]
groups:
  operators: [bo@example.org]
`;
const V1 = 'm@v1.0.0';

async function team(): Promise<TeamRig> {
  const made = await teamRig(POLICY);
  await made.register(1, 'v1.0.0');
  return made;
}

test('registry.yaml says who may do what: the verb, or the verb and stage, which goes first', async () => {
  const made = await team();
  await promote(await made.as('ana'), { spec: V1, to: 'staging' });
  await expect(promote(await made.as('ana'), { spec: V1, to: 'production' })).rejects.toMatchObject({
    code: 'not-allowed',
    message: expect.stringMatching(
      /^promote\.production of m: registry\.yaml allows it to bo@example\.org, and you are ana@/,
    ),
    data: { key: 'promote.production', allowed: ['bo@example.org'] },
  });
  await expect(promote(await made.as('cy'), { spec: V1, to: 'staging' })).resolves.toMatchObject({ changed: false });
  await promote(await made.as('BO'), { spec: V1, to: 'production' });
  const down = { spec: V1, to: 'development', replace: false };
  await expect(demote(await made.as('bo'), down)).rejects.toMatchObject({ data: { key: 'demote.production' } });
  await demote(await made.as('dee'), down);
  await expect(approve(await made.as('bo'), { kind: 'approve', spec: V1, to: 'production' })).rejects.toMatchObject({
    data: { key: 'approve' },
  });
  await annotate(await made.as('eve'), { target: { kind: 'entry', spec: V1 }, set: { k: 'v' }, unset: [] });
  expect(eventsIn(made.rig.repository).map(({ kind }) => kind)).toEqual([
    ...['create', 'register', 'stage', 'stage', 'stage', 'annotate'],
  ]);
});

test('whoever may register may begin a model with it, and nobody else', async () => {
  const made = await teamRig(POLICY.replace('register: [ana', 'register: [bo'));
  await expect(made.register(1, 'v1.0.0')).rejects.toMatchObject({ code: 'not-allowed', data: { key: 'register' } });
  expect(made.rig.repository.tryGit(['rev-parse', '--verify', '--quiet', 'refs/registry/log/m']).exitCode).not.toBe(0);
});

test('the .mailmap of the commit that governs tells who somebody is', async () => {
  const made = await team();
  await promote(await made.as('ana'), { spec: V1, to: 'staging' });
  await expect(promote(await made.as('bo@home.example'), { spec: V1, to: 'production' })).rejects.toMatchObject({
    code: 'not-allowed',
  });
  made.commit({ '.mailmap': 'Bo <bo@example.org> <bo@home.example>\n' });
  expect((await promote(await made.as('bo@home.example'), { spec: V1, to: 'production' })).changed).toBe(true);
});

test('a key that names no verb is refused, since it would allow nothing and keep nobody out', async () => {
  const made = await teamRig('allow: { promte.production: [bo@example.org] }\n');
  await expect(made.register(1, 'v1.0.0')).rejects.toMatchObject({ code: 'bad-policy' });
});
