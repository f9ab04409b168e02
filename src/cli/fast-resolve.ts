/**
 * The short way of `resolve [MODEL@](VERSION|latest|STAGE)`: the log's tip and a cached fold of exactly that tip, two small
 * reads. Whatever is not plain, not cached or no plain yes goes the long way, which explains.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { isModelName, type ModelName } from '../domain/model-name.ts';
import { findVersion } from '../domain/version.ts';
import { FoldLookup } from '../git/fold-lookup.ts';
import { readLooseRef } from '../git/loose-refs.ts';
import { findPackedRef } from '../git/packed-refs.ts';
import { findPlainRepository, MOVING } from '../git/plain-repository.ts';
import { refNameOf } from '../git/ref-names.ts';
import type { Repository } from '../git/repository.ts';

/** Returns the SHA, or undefined where the long way must answer. */
export async function fastResolve(
  spec: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Sha256 | undefined> {
  if (Object.keys(env).some((name) => MOVING.test(name))) return undefined;
  const at = spec.lastIndexOf('@');
  const repository = findPlainRepository(realpathSync.native('.'));
  if (repository === undefined || repository.refFormat !== 'files') return undefined;
  const model = at < 0 ? await askDefaultModel(repository) : spec.slice(0, at);
  if (model === undefined || !isModelName(model)) return undefined;
  const tip = findLogTip(repository, model);
  const fold = tip === undefined ? undefined : FoldLookup.open(repository.commonDir, model, tip);
  if (fold === undefined) return undefined;
  try {
    return fold.header.state.model === model ? lookUp(fold, spec.slice(at + 1)) : undefined;
  } finally {
    fold.close();
  }
}

function lookUp(fold: FoldLookup, target: string): Sha256 | undefined {
  const version = findVersion(target) ?? (target === 'latest' ? fold.header.state.latest : null);
  if (version === null) return Object.hasOwn(fold.header.slots, target) ? fold.header.slots[target] : undefined;
  const named = fold.findVersion(version);
  return named?.tombstoned ? undefined : named?.sha256;
}

function findLogTip(repository: Repository, model: ModelName): ObjectId | undefined {
  const name = refNameOf({ kind: 'log', model });
  const loose = readLooseRef(repository.commonDir, name);
  if (loose.kind === 'id') return loose.id;
  return loose.kind === 'absent' ? findPackedRef(join(repository.commonDir, 'packed-refs'), name) : undefined;
}

/** On demand: only this starts a process, and loading what starts it costs more than all the rest. */
async function askDefaultModel(repository: Repository): Promise<string | undefined> {
  const { findDefaultModel } = await import('./fast-default-model.ts');
  return findDefaultModel(repository);
}
