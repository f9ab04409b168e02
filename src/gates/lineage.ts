/** `lineage`: that the ancestry can be followed, and trusted, to where it began. */
import type { Sha256 } from '../domain/digest.ts';
import { listed } from '../domain/quoted.ts';
import type { Gate, GateVerdict, JudgedAncestor } from '../ports/gate.ts';
import { shortName } from './read-ancestor.ts';

type Judge = (entries: readonly JudgedAncestor[]) => { readonly method: string; readonly isGood: boolean };

/** `lineage: {complete, code_committed, no_tombstoned_ancestor}`: what this repository has of it, so it is of the moment. */
export const lineageGate: Gate = {
  name: 'lineage',
  says: 'lineage: {complete, code_committed, no_tombstoned_ancestor}: of the entry and all that it was made from',
  basis: 'moment',
  isAsked: ({ lineage = {} }) => CHECKS.some(([key]) => lineage[key] === true),
  judge: async ({ lineage = {} }, inputs) => {
    const entries = await inputs.ancestors();
    return CHECKS.filter(([key]) => lineage[key] === true).map(([metric, judge]): GateVerdict => {
      const { method, isGood } = judge(entries);
      return { gate: 'lineage', metric, method, outcome: isGood ? 'pass' : 'fail' };
    });
  },
};

const judgeComplete: Judge = (entries) => {
  const here = new Set(entries.filter(({ manifest }) => manifest !== undefined).map(({ sha256 }) => sha256));
  const named = new Set(entries.flatMap(({ sha256, manifest }) => [sha256, ...madeFrom(manifest)]));
  const lacking = [...named].filter((sha256) => !here.has(sha256)).map((sha256) => sha256.slice(0, 12));
  const unstated = entries[0] === undefined ? [] : unstatedMembers(entries[0]);
  const parts = [
    ...(lacking.length === 0 ? [] : [`not in this repository: ${listed(lacking)}`]),
    ...(unstated.length === 0 ? [] : [`its train_manifest.json does not state ${unstated.join(', ')}`]),
  ];
  if (parts.length > 0) return { method: parts.join('; '), isGood: false };
  return {
    method: `the entry and ${entries.length - 1} that it was made from are here; origins are stated`,
    isGood: true,
  };
};

const judgeCode: Judge = ([candidate, ...others]) => {
  if (candidate?.isCodeHere === undefined)
    return { method: 'its train_manifest.json states no code_git_sha', isGood: false };
  const lacking = [candidate, ...others].filter(({ isCodeHere }) => isCodeHere === false);
  if (lacking.length === 0) return { method: 'each code_git_sha is a commit in this repository', isGood: true };
  const names = lacking.map((entry) => `${shortName(entry)} (${entry.train?.codeGitSha?.slice(0, 12) ?? ''})`);
  return { method: `no commit in this repository is the code of ${listed(names)}`, isGood: false };
};

const judgeTombstones: Judge = (entries) => {
  const gone = entries.filter(({ isTombstoned }) => isTombstoned).map(shortName);
  if (gone.length === 0) return { method: 'no entry of the lineage has a tombstone', isGood: true };
  return { method: `has a tombstone: ${listed(gone)}`, isGood: false };
};

const CHECKS = [
  ['complete', judgeComplete],
  ['code_committed', judgeCode],
  ['no_tombstoned_ancestor', judgeTombstones],
] as const;

function madeFrom(manifest: JudgedAncestor['manifest']): readonly Sha256[] {
  return manifest === undefined ? [] : [...manifest.parents, ...manifest.inputs];
}

/** A registered corpus among the inputs is better than its hash; only a language model has a tokenizer to state. */
function unstatedMembers({ manifest, train = {} }: JudgedAncestor): readonly string[] {
  const hasCorpus = train.corpusDvcHash !== undefined || (train.inputShas ?? []).length > 0;
  const needsTokenizer = manifest?.profile === 'lm/1' || manifest?.files.some(({ role }) => role === 'tokenizer');
  return [
    ...(hasCorpus ? [] : ['corpus_dvc_hash']),
    ...(needsTokenizer === true && train.tokenizerSha === undefined ? ['tokenizer_sha'] : []),
    ...(train.codeGitSha === undefined ? ['code_git_sha'] : []),
    ...(train.seed === undefined ? ['seed'] : []),
  ];
}
