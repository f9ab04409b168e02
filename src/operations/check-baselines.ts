/** Whether eval sets are still those that baselines were measured on: else two pass rates cannot be compared. */
import { pointerDigests } from '../domain/dvc-digests.ts';
import { readEvalBaseline } from '../domain/eval-baseline.ts';
import { type Finding, finding } from '../domain/finding.ts';
import { decodeUtf8Loosely } from '../domain/utf8.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import { folderOf } from './check-paths.ts';
import { readJson } from './read-snapshot-json.ts';

/** Largest pointer that is read, in bytes. */
const POINTER_LIMIT = 65_536;

/** Checks all baselines. `paths`: where their eval sets are, as far as they were found. */
export async function checkBaselines(
  snapshot: Snapshot,
  baselines: readonly string[],
): Promise<{ readonly findings: readonly Finding[]; readonly paths: ReadonlySet<string> }> {
  const findings: Finding[] = [];
  const paths = new Set<string>();
  for (const path of baselines) {
    const read = await readJson(snapshot, path);
    const baseline = read.kind === 'value' ? readEvalBaseline(read.value) : read.message;
    if (typeof baseline === 'string') {
      findings.push(finding('baseline-broken', path, baseline));
      continue;
    }
    const found = await findEvalSet(snapshot, path, baseline.path);
    if (found === undefined) {
      const message = `eval_set.path is ${baseline.path}, where there is neither a file nor a .dvc pointer`;
      findings.push(finding('eval-set-missing', path, message));
      continue;
    }
    paths.add(found.path);
    if (found.md5 === baseline.md5) continue;
    const message = `it was measured on ${baseline.path} with md5 ${baseline.md5}, ${found.from} gives ${found.md5}`;
    findings.push(finding('eval-set-differs', path, message));
  }
  return { findings, paths };
}

interface EvalSet {
  readonly path: string;
  readonly md5: string;
  readonly from: string;
}

/** The pointer decides, for DVC keeps the file itself out of git. A path is from the top level, else from the baseline's folder. */
async function findEvalSet(snapshot: Snapshot, baseline: string, stated: string): Promise<EvalSet | undefined> {
  const folder = folderOf(baseline);
  const bare = stated.replace(/\.dvc$/, '');
  for (const path of folder === '' ? [bare] : [bare, `${folder}/${bare}`]) {
    const pointer = await snapshot.read(`${path}.dvc`, POINTER_LIMIT);
    const [md5] = pointer === undefined ? [] : pointerDigests(decodeUtf8Loosely(pointer));
    if (md5 !== undefined) return { path, md5, from: `${path}.dvc` };
    const digest = await snapshot.md5(path);
    if (digest !== undefined) return { path, md5: digest, from: 'the file' };
  }
  return undefined;
}
