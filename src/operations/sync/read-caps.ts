/** What a remote may make us take at most: git configuration, with defaults for a registry of some size. */
import { RegistryError } from '../../domain/errors.ts';
import type { RemoteCaps } from '../../ports/git-remote.ts';
import type { Workspace } from '../workspace.ts';

/** Refs: five times the largest registry that was measured. */
const DEFAULT_REFS = 1_000_000;
/** Bytes: weights are not in git. */
const DEFAULT_BYTES = 4 * 1024 ** 3;

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Reads `registry.maxRemoteRefs` and `registry.maxFetchBytes`, as git writes numbers (`2g`). Throws `usage`. */
export async function readCaps(workspace: Workspace): Promise<RemoteCaps> {
  return {
    refs: await readNumber(workspace, 'registry.maxRemoteRefs', DEFAULT_REFS),
    bytes: await readNumber(workspace, 'registry.maxFetchBytes', DEFAULT_BYTES),
  };
}

async function readNumber(workspace: Workspace, key: string, fallback: number): Promise<number> {
  const text = await workspace.settings.find(key.toLowerCase());
  if (text === undefined) return fallback;
  const [, digits, unit = ''] = /^(\d{1,15})([kmgt]?)$/i.exec(text.trim()) ?? [];
  const value = Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
  if (value > 0) return value;
  throw new RegistryError('usage', `git config ${key}: expected a number like 500m, got ${JSON.stringify(text)}`, {
    hint: `git config ${key} 4g`,
  });
}
