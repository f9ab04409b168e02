/**
 * Signatures of events, judged by ssh-keygen or gpg and the verifier's own keys. Stock `git verify-commit` says that some
 * allowed key has signed; here the key must be that of the address that the event is by (format §6.7).
 */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { ObjectId } from '../domain/digest.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Signatures, SignatureWorth } from '../ports/signatures.ts';
import { committedAt, type SignedCommit, splitSignature } from './commit-signature.ts';
import type { Environment } from './git-environment.ts';
import type { Repository } from './repository.ts';
import { runVerifier } from './run-verifier.ts';

/** What signatures are judged with. */
export interface SignatureSources {
  readonly repository: Repository;
  readonly environment: Environment;
  readonly objects: ObjectStore;
  /** Returns a git configuration value. */
  find(key: string): Promise<string | undefined>;
}

/** Judges by `registry.allowedSigners`, else `gpg.ssh.allowedSignersFile`; OpenPGP by the keyring and its validities. */
export class GitSignatures implements Signatures {
  readonly #sources: SignatureSources;

  constructor(sources: SignatureSources) {
    this.#sources = sources;
  }

  async judge(commit: ObjectId, address: string): Promise<SignatureWorth> {
    const { objects } = this.#sources;
    const object = await objects.find(commit);
    const signed = object?.type === 'commit' ? splitSignature(object.body, objects.format) : undefined;
    if (signed === undefined) return 'unsigned';
    const pinned = await this.#pinnedSigners();
    const folder = mkdtempSync(join(tmpdir(), 'git-registry-signature-'));
    try {
      const file = join(folder, 'signature');
      writeFileSync(file, signed.signature, 'latin1');
      if (signed.signature.startsWith('-----BEGIN SSH SIGNATURE-----'))
        return pinned === undefined ? 'unknown' : await this.#judgeSsh(signed, { file, pinned, address });
      if (signed.signature.startsWith('-----BEGIN PGP '))
        return await this.#judgeOpenPgp(signed, { file, pinned, address });
      return pinned === undefined ? 'unknown' : 'not-theirs';
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** A file that the work tree brings is no pin: whoever pushes a commit would choose whose keys count. */
  async #pinnedSigners(): Promise<string | undefined> {
    const { find, repository } = this.#sources;
    const named = (await find('registry.allowedsigners')) ?? (await find('gpg.ssh.allowedsignersfile'));
    if (named === undefined || named === '') return undefined;
    const home = this.#sources.environment['HOME'] ?? homedir();
    const path = resolve(
      repository.workTree ?? repository.gitDir,
      named.startsWith('~/') ? join(home, named.slice(2)) : named,
    );
    const real = realOf(path);
    const isGits = [repository.gitDir, repository.commonDir].some((folder) => isInside(folder, real));
    if (repository.workTree !== undefined && isInside(repository.workTree, real) && !isGits) return undefined;
    return path;
  }

  async #judgeSsh(
    { payload }: SignedCommit,
    { file, pinned, address }: { readonly file: string; readonly pinned: string; readonly address: string },
  ): Promise<SignatureWorth> {
    const { find, environment } = this.#sources;
    const program = (await find('gpg.ssh.program')) ?? 'ssh-keygen';
    const revoked = await find('gpg.ssh.revocationfile');
    const args = ['-Y', 'verify', '-f', pinned, '-I', address, '-n', 'git', '-s', file];
    const time = committedAt(payload);
    if (time !== undefined)
      args.push(`-Overify-time=${new Date(time * 1000).toISOString().replace(/\D/g, '').slice(0, 14)}`);
    if (revoked !== undefined && revoked !== '') args.push('-r', revoked);
    const { exitCode } = await runVerifier(program, args, { environment, input: payload });
    return exitCode === 0 ? 'good' : 'not-theirs';
  }

  async #judgeOpenPgp(
    { payload }: SignedCommit,
    { file, pinned, address }: { readonly file: string; readonly pinned: string | undefined; readonly address: string },
  ): Promise<SignatureWorth> {
    const { find, environment } = this.#sources;
    const program = (await find('gpg.openpgp.program')) ?? (await find('gpg.program')) ?? 'gpg';
    const args = ['--batch', '--no-tty', '--status-fd=1', '--verify', file, '-'];
    const { exitCode, stdout } = await runVerifier(program, args, { environment, input: payload });
    const status = stdout.split('\n');
    const isUnknown = exitCode === undefined || status.some((line) => line.startsWith('[GNUPG:] NO_PUBKEY '));
    if (isUnknown && pinned === undefined) return 'unknown';
    const isGood = status.some((line) => line.startsWith('[GNUPG:] GOODSIG '));
    const key = status
      .find((line) => line.startsWith('[GNUPG:] VALIDSIG '))
      ?.split(' ')
      .at(-1);
    if (exitCode !== 0 || !isGood || key === undefined || !/^[0-9A-F]{32,}$/.test(key)) return 'not-theirs';
    const list = ['--batch', '--no-tty', '--with-colons', '--list-keys', key];
    const keys = await runVerifier(program, list, { environment, input: Buffer.alloc(0) });
    return validAddresses(keys.stdout).includes(address) ? 'good' : 'not-theirs';
  }
}

/** Only a user id that the verifier holds valid speaks: anybody can put any address on a key of their own. */
function validAddresses(colons: string): readonly string[] {
  return colons.split('\n').flatMap((line) => {
    const [kind, validity, , , , , , , , id = ''] = line.split(':');
    if (kind !== 'uid' || (validity !== 'f' && validity !== 'u')) return [];
    const text = id.replace(/\\x([0-9a-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    const [, address] = /<([^<>]+)>$/.exec(text) ?? [];
    return [address ?? text];
  });
}

function isInside(folder: string, path: string): boolean {
  const way = relative(realOf(folder), path);
  return way === '' || !(way.startsWith('..') || isAbsolute(way));
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
