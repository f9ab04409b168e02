/** Whether two reports rest on the same evidence: numbers of different evaluation sets, items or code are not comparable. */
import type { EvalReport } from './eval-report.ts';
import { givenValue } from './reported.ts';

/** What a report can name. */
export type EvidencePart = 'eval_set' | 'sample_ids' | 'metric_code';

/** Both reports name a part, by the same kind of digest, and the digests differ. */
export interface EvidenceDifference {
  readonly part: EvidencePart;
  readonly digest: 'md5' | 'sha256' | 'git_sha';
  readonly a: string;
  readonly b: string;
}

/** `unproven`: nothing differs, but `parts` are not named by both in the same kind of digest. */
export type Evidence =
  | { readonly kind: 'same' }
  | { readonly kind: 'unproven'; readonly parts: readonly EvidencePart[] }
  | { readonly kind: 'different'; readonly differences: readonly EvidenceDifference[] };

type Digests = Readonly<Partial<Record<EvidenceDifference['digest'], string>>>;

/**
 * Compares what two reports name. A part of a wrong form names nothing. Where both name the same evaluation set and
 * neither its items, the items are proven by the set.
 */
export function sameEvidence(a: EvalReport, b: EvalReport): Evidence {
  const [ours, theirs] = [namedBy(a), namedBy(b)];
  const parts = Object.keys(ours) as EvidencePart[];
  const shared = new Map(parts.map((part) => [part, sharedDigests(part, ours[part], theirs[part])]));
  const differences = [...shared.values()].flat().filter((digest) => digest.a !== digest.b);
  if (differences.length > 0) return { kind: 'different', differences };
  const isProven = (part: EvidencePart): boolean =>
    (shared.get(part) ?? []).length > 0 || (part === 'sample_ids' && isProven('eval_set') && namesNoItems(a, b));
  const unproven = parts.filter((part) => !isProven(part));
  return unproven.length === 0 ? { kind: 'same' } : { kind: 'unproven', parts: unproven };
}

function namedBy(report: EvalReport): Readonly<Record<EvidencePart, Digests>> {
  const { md5, sha256 } = givenValue(report.evalSet) ?? {};
  const items = givenValue(report.sampleIds);
  return {
    eval_set: { ...(md5 === undefined ? {} : { md5 }), ...(sha256 === undefined ? {} : { sha256 }) },
    sample_ids: items === undefined ? {} : { sha256: items },
    metric_code: givenValue(report.metricCode) ?? {},
  };
}

function namesNoItems(a: EvalReport, b: EvalReport): boolean {
  return a.sampleIds.kind === 'absent' && b.sampleIds.kind === 'absent';
}

function sharedDigests(part: EvidencePart, a: Digests, b: Digests): readonly EvidenceDifference[] {
  return (['sha256', 'md5', 'git_sha'] as const).flatMap((digest) => {
    const [ours, theirs] = [a[digest], b[digest]];
    return ours === undefined || theirs === undefined ? [] : [{ part, digest, a: ours, b: theirs }];
  });
}
