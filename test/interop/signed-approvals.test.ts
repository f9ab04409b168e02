/** Approvals that count only when signed: by real keys of ssh-keygen and gpg, judged by what the verifier has pinned. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ApproveResult, approve } from '../../src/operations/approve.ts';
import { promote } from '../../src/operations/promote.ts';
import { verify } from '../../src/operations/verify.ts';
import { type TeamRig, teamRig } from '../support/team-rig.ts';
import { lacks } from '../support/tools.ts';

const POLICY = `approvals:
  production: { count: 1, from: [bo@example.org, cy@example.org], signed: true }
`;

function run({ rig: { repository } }: TeamRig, program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, { env: repository.environment, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

function configure({ rig: { repository } }: TeamRig, values: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(values)) repository.git(['config', key, value]);
}

async function team(): Promise<TeamRig> {
  const made = await teamRig(POLICY);
  await made.register(1, 'v1.0.0');
  configure(made, { 'commit.gpgSign': 'true' });
  return made;
}

async function approveAs(rig: TeamRig, person: string): Promise<ApproveResult> {
  return approve(await rig.as(person), { kind: 'approve', spec: 'm@v1.0.0', to: 'production' });
}

const faultOf = ({ approvals }: ApproveResult): string | undefined => approvals.given.at(-1)?.fault;

describe.skipIf(lacks('sh', '-c', 'command -v ssh-keygen'))('approvals signed by ssh-keygen', () => {
  /** Makes a key and uses it; returns its public half. */
  function useKey(rig: TeamRig, name: string): string {
    const key = join(rig.rig.repository.folder, '..', name);
    run(rig, 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key]);
    configure(rig, { 'gpg.format': 'ssh', 'user.signingKey': key });
    return readFileSync(`${key}.pub`, 'utf8');
  }

  function pin(rig: TeamRig, text: string, file = '../signers', key = 'gpg.ssh.allowedSignersFile'): void {
    const path = join(rig.rig.repository.folder, file);
    writeFileSync(path, text);
    configure(rig, { [key]: path });
  }

  test('count for the address that the pinned file gives the key', async () => {
    const rig = await team();
    pin(rig, `cy@example.org,bo@example.org ${useKey(rig, 'bo')}`);
    expect((await approveAs(rig, 'bo')).approvals).toMatchObject({ counted: [expect.any(String)], holds: true });
  });

  test("do not count under a key of somebody else's, although git calls that a good signature", async () => {
    const rig = await team();
    pin(rig, `bo@example.org ${useKey(rig, 'bo')}`);
    expect(faultOf(await approveAs(rig, 'cy'))).toBe('unsigned');
    expect(rig.rig.repository.tryGit(['verify-commit', 'refs/registry/log/m']).exitCode).toBe(0);
  });

  test('do not count where nothing is pinned, nor by a file that the work tree brings', async () => {
    const rig = await team();
    const key = useKey(rig, 'bo');
    expect(faultOf(await approveAs(rig, 'bo'))).toBe('unsigned');
    pin(rig, `bo@example.org ${key}`, 'allowed_signers');
    expect(faultOf(await approveAs(rig, 'bo'))).toBe('unsigned');
    pin(rig, `bo@example.org ${key}`, '../mine', 'registry.allowedSigners');
    expect((await approveAs(rig, 'bo')).approvals.holds).toBe(true);
  });

  test('do not count when the key is revoked, or was not valid yet', async () => {
    const rig = await team();
    const key = useKey(rig, 'bo');
    pin(rig, `bo@example.org valid-after="20990101" ${key}`);
    expect(faultOf(await approveAs(rig, 'bo'))).toBe('unsigned');
    pin(rig, `bo@example.org ${key}`);
    configure(rig, { 'gpg.ssh.revocationFile': `${rig.rig.repository.folder}/../bo.pub` });
    expect(faultOf(await approveAs(rig, 'bo'))).toBe('unsigned');
  });

  test('are judged again by verify: bad where keys are pinned, said to be unjudged where none is', async () => {
    const rig = await team();
    const key = useKey(rig, 'bo');
    pin(rig, `bo@example.org ${key}`);
    await approveAs(rig, 'bo');
    await promote(await rig.as('cy'), { spec: 'm@v1.0.0', to: 'production' });
    const found = async (): Promise<readonly string[]> =>
      (await verify(await rig.rig.reopen(), { specs: [], weights: false })).findings.map(({ code }) => code);
    expect(await found()).toEqual([]);
    pin(rig, `cy@example.org ${key}`);
    expect(await found()).toEqual(['stage-not-justified']);
    rig.rig.repository.git(['config', '--unset', 'gpg.ssh.allowedSignersFile']);
    expect(await found()).toEqual(['stage-unjudged']);
  });

  test('are refused beforehand where git does not sign', async () => {
    const rig = await team();
    configure(rig, { 'commit.gpgSign': 'false' });
    await expect(approveAs(rig, 'bo')).rejects.toMatchObject({ code: 'not-allowed', data: { why: 'unsigned' } });
  });
});

describe.skipIf(lacks('gpg'))('approvals signed by gpg', () => {
  test('count for an address of the key that the verifier holds valid', async () => {
    const rig = await team();
    const home = join(rig.rig.repository.folder, '..', 'gnupg');
    mkdirSync(home, { mode: 0o700 });
    rig.rig.repository.environment['GNUPGHOME'] = home;
    onTestFinished(() => {
      run(rig, 'gpgconf', ['--kill', 'gpg-agent']);
    });
    const quiet = ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', ''];
    run(rig, 'gpg', [...quiet, '--quick-gen-key', 'Bo <bo@example.org>', 'ed25519', 'sign', '0']);
    configure(rig, { 'user.signingKey': 'bo@example.org' });
    expect(faultOf(await approveAs(rig, 'cy'))).toBe('unsigned');
    expect((await approveAs(rig, 'bo')).approvals.counted.length).toBe(1);
    const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(run(rig, 'gpg', ['--with-colons', '--list-keys']))?.[1] ?? '';
    run(
      rig,
      'gpg',
      ['--batch', '--quiet', '--import-ownertrust'],
      `${fingerprint}:2:
`,
    );
    const again = await approve(await rig.as('bo'), {
      kind: 'approve',
      spec: 'm@v1.0.0',
      to: 'production',
      dryRun: true,
    });
    expect(again.approvals.counted).toEqual([]);
  });
});
