/** Events signed for real, by ssh-keygen and by OpenPGP, and verified by stock git. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { decodeCommit } from '../../src/domain/git-object.ts';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import type { EventCommit, NewEventCommit } from '../../src/ports/event-log.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';
import { lacks } from '../support/tools.ts';

const BY = { name: 'Zoë', email: 'zoe@example.org' };
const MESSAGES = ['first – größe\n\n{"seq":0}\n', 'second  \n\n# {"seq":1}\n', 'third\n\n{"seq":2}'];

function run(repository: TemporaryRepository, program: string, args: readonly string[], input = ''): void {
  const { status, stderr } = spawnSync(program, args, { env: repository.environment, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}

function withSshKey(objectFormat: 'sha1' | 'sha256'): TemporaryRepository {
  const repository = temporaryRepository({ objectFormat });
  const key = join(repository.folder, '..', 'key');
  run(repository, 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', BY.email, '-f', key]);
  const signers = join(repository.folder, '..', 'signers');
  writeFileSync(signers, `${BY.email} ${readFileSync(`${key}.pub`, 'utf8')}`);
  repository.git(['config', 'gpg.format', 'ssh']);
  repository.git(['config', 'user.signingKey', key]);
  repository.git(['config', 'gpg.ssh.allowedSignersFile', signers]);
  return repository;
}

function withOpenPgpKey(): TemporaryRepository {
  const repository = temporaryRepository();
  const home = join(repository.folder, '..', 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  repository.environment['GNUPGHOME'] = home;
  onTestFinished(() => run(repository, 'gpgconf', ['--kill', 'gpg-agent']));
  run(repository, 'gpg', [
    '--batch',
    '--quiet',
    '--pinentry-mode',
    'loopback',
    '--passphrase',
    '',
    '--quick-gen-key',
    `Zoe <${BY.email}>`,
    'ed25519',
    'sign',
    '0',
  ]);
  repository.git(['config', 'user.signingKey', BY.email]);
  return repository;
}

/** Makes a chain of three signed events under an encoding that must not reach them. */
async function signChain(
  repository: TemporaryRepository,
): Promise<{ ids: readonly ObjectId[]; read: readonly EventCommit[] }> {
  repository.git(['config', 'commit.gpgSign', 'true']);
  repository.git(['config', 'i18n.commitEncoding', 'ISO-8859-1']);
  repository.git(['config', 'i18n.logOutputEncoding', 'ISO-8859-1']);
  const tree = repository.git(['hash-object', '-t', 'tree', '-w', '--stdin'], '') as ObjectId;
  const { environment, folder } = repository;
  const { log } = openGitPorts(await openRepository(folder, environment), environment);
  const events = MESSAGES.map(
    (message, index): NewEventCommit => ({ tree, parents: [], by: BY, time: 1_700_000_000 + index, message }),
  );
  const ids = await log.make(events);
  const read: EventCommit[] = [];
  for await (const commit of log.read(ids.at(-1) as ObjectId)) read.push(commit);
  return { ids, read };
}

async function expectGoodChain(repository: TemporaryRepository): Promise<void> {
  const { ids, read } = await signChain(repository);
  expect(read.map(({ id }) => id)).toEqual(ids);
  expect(read.map(({ message }) => message)).toEqual(MESSAGES);
  expect(read.map(({ parents }) => parents)).toEqual([[], [ids[0]], [ids[1]]]);
  expect(read.map(({ author, authorTime }) => [author, authorTime])).toEqual(
    MESSAGES.map((_, index) => [BY, `${1_700_000_000 + index} +0000`]),
  );
  for (const id of ids) {
    expect(repository.tryGit(['verify-commit', id]).exitCode).toBe(0);
    const commit = decodeCommit(Buffer.from(repository.tryGit(['cat-file', 'commit', id]).stdout));
    expect(commit).toMatchObject({ isSigned: true, extraHeaders: [], message: MESSAGES[ids.indexOf(id)] });
    expect(commit.encoding).toBeUndefined();
  }
}

describe.skipIf(lacks('sh', '-c', 'command -v ssh-keygen'))('events signed by ssh-keygen', () => {
  test.each(['sha1', 'sha256'] as const)(
    'keep their bytes in a %s repository, and git verifies them',
    async (objectFormat) => {
      await expectGoodChain(withSshKey(objectFormat));
    },
  );

  test('are not written when the key is not there', async () => {
    const repository = withSshKey('sha1');
    repository.git(['config', 'user.signingKey', join(repository.folder, 'absent')]);
    await expect(signChain(repository)).rejects.toMatchObject({ code: 'signing-failed' });
    expect(repository.git(['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'])).toBe('tree');
  });
});

describe.skipIf(lacks('gpg'))('events signed by gpg', () => {
  test('keep their bytes, and git verifies them', async () => {
    await expectGoodChain(withOpenPgpKey());
  });
});
