/** Whether what a new train manifest says of corpus and code can be found again in this repository. */
import { digestsIn, pointerDigests } from '../domain/dvc-digests.ts';
import { type Finding, finding } from '../domain/finding.ts';
import { roleOf } from '../domain/role.ts';
import type { TrainManifest } from '../domain/train-manifest.ts';
import { decodeUtf8Loosely } from '../domain/utf8.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { baseNameOf } from './check-paths.ts';
import type { Workspace } from './workspace.ts';

/** Largest pointer or lock file that is read, in bytes. */
const TEXT_LIMIT = 16 * 1024 * 1024;
/** Pointers that a message names. */
const SHOWN = 3;

/** A train manifest that differs from HEAD, as far as it could be read. */
export interface ChangedTrain {
  readonly path: string;
  readonly train: TrainManifest;
  /** Where the code is kept, if it says so. */
  readonly codeRemote: string | undefined;
}

/** Checks train manifests that differ from HEAD. `evalSets`: paths whose pointers are those of no corpus. */
export async function checkProvenance(
  workspace: Workspace,
  snapshot: Snapshot,
  trains: readonly ChangedTrain[],
  telling: readonly string[],
  evalSets: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const isElsewhere = await workspace.settings.isOn('registry.foreigncode');
  const findings: Finding[] = [];
  const corpora = trains.some(({ train }) => train.corpusDvcHash !== undefined)
    ? await readCorpora(snapshot, telling, evalSets)
    : new Map<string, string>();
  for (const { path, train, codeRemote } of trains) {
    const { corpusDvcHash: corpus, codeGitSha: code } = train;
    const known = new Set(corpora.keys());
    if (corpus !== undefined && known.size > 0 && !known.has(corpus) && !isElsewhere)
      findings.push(finding('corpus-differs', path, describeCorpora(corpus, corpora)));
    if (code !== undefined) findings.push(...(await checkCode(workspace, path, code, codeRemote, isElsewhere)));
  }
  return findings;
}

/** Returns the digests of every pointer that can be one of a corpus, each with the pointer's path. */
async function readCorpora(
  snapshot: Snapshot,
  telling: readonly string[],
  evalSets: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const corpora = new Map<string, string>();
  const isCorpus = (path: string): boolean =>
    path.endsWith('.dvc') && !evalSets.has(path.slice(0, -4)) && roleOf(path.slice(0, -4)) !== 'weights';
  const pointers = telling.filter(isCorpus);
  for (const path of [...pointers, ...(await snapshot.find(['dvc.lock']))]) {
    const body = await snapshot.read(path, TEXT_LIMIT);
    const text = body === undefined ? '' : decodeUtf8Loosely(body);
    for (const md5 of baseNameOf(path) === 'dvc.lock' ? digestsIn(text) : pointerDigests(text)) corpora.set(md5, path);
  }
  return corpora;
}

function describeCorpora(corpus: string, corpora: ReadonlyMap<string, string>): string {
  const shown = [...corpora].slice(0, SHOWN).map(([md5, path]) => `${path} gives ${md5}`);
  const more = corpora.size > SHOWN ? `, and ${corpora.size - SHOWN} more` : '';
  return `corpus_dvc_hash is ${corpus}, but ${shown.join(', ')}${more}`;
}

async function checkCode(
  workspace: Workspace,
  path: string,
  code: string,
  codeRemote: string | undefined,
  isElsewhere: boolean,
): Promise<readonly Finding[]> {
  const id = code.toLowerCase();
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id))
    return [finding('code-unknown', path, `code_git_sha: expected a full commit id, got ${JSON.stringify(code)}`)];
  const fits = id.length === (workspace.objects.format === 'sha256' ? 64 : 40);
  const header = fits ? await workspace.objects.findHeader(id) : undefined;
  if (header?.type === 'commit') return [];
  const excuse = await findExcuse(workspace, codeRemote, isElsewhere);
  if (excuse !== undefined) return [finding('code-elsewhere', path, `code_git_sha ${code} is not here: ${excuse}`)];
  const what = header === undefined ? 'no object' : `a ${header.type}`;
  const message = `code_git_sha ${code} is ${what} of this repository`;
  return [finding('code-unknown', path, message)];
}

/** Why a commit may rightly be missing here. */
async function findExcuse(
  workspace: Workspace,
  codeRemote: string | undefined,
  isElsewhere: boolean,
): Promise<string | undefined> {
  if (isElsewhere) return 'registry.foreignCode says that code is kept elsewhere';
  if (workspace.repository.isShallow) return 'the clone is shallow';
  if (codeRemote !== undefined && !(await isOwnRemote(workspace, codeRemote)))
    return `the code is kept at ${codeRemote}`;
  return (await workspace.repository.head()) === undefined ? 'the repository has no commit yet' : undefined;
}

async function isOwnRemote(workspace: Workspace, url: string): Promise<boolean> {
  const remotes = await workspace.settings.remotes();
  const plain = (text: string): string => text.replace(/\.git$/, '').replace(/\/+$/, '');
  const urls = await Promise.all(remotes.map((name) => workspace.settings.find(`remote.${name}.url`)));
  return urls.some((own) => own !== undefined && plain(own) === plain(url));
}
