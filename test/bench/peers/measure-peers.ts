/** Other tools on the same work, in the same run. A tool that cannot be had is named, with the reason. */
import { measure, median } from '../measure.ts';
import type { ReportLine, ReportSection } from '../report-line.ts';
import { describeFile, weightsFile } from '../sections/weights.ts';
import { dvc } from './dvc.ts';
import { gitLfs } from './git-lfs.ts';
import { gto } from './gto.ts';
import { isomorphic } from './isomorphic.ts';
import { mlflow } from './mlflow.ts';
import { ownWork } from './own-work.ts';
import type { Peer, PeerWork } from './peer-work.ts';

const VERSIONS = 1000;

const TITLES: Readonly<Record<PeerWork, string>> = {
  resolve: 'one version to what it names',
  show: 'one entry with its metadata',
  list: 'all versions of a model',
  lineage: 'a line of 1,000 ancestors',
  register: 'register a version',
  add: 'add weights',
};

/** Yields one section a kind of work: each tool's time, and how many times ours that is. */
export function* measurePeers(mebibytes: number, rounds: number): Generator<ReportSection> {
  const weights = weightsFile(mebibytes);
  const own = ownWork(weights);
  const peers: readonly Peer[] = [gto(VERSIONS), dvc(weights), mlflow(VERSIONS), gitLfs(weights), isomorphic()];
  for (const work of Object.keys(TITLES) as readonly PeerWork[]) {
    const size = work === 'add' ? describeFile(mebibytes) : `${VERSIONS.toLocaleString('en')} versions`;
    yield { title: `Peers: ${TITLES[work]}, ${size}`, lines: compare(own, peers, work, size, rounds) };
  }
}

function compare(
  own: Peer,
  peers: readonly Peer[],
  work: PeerWork,
  size: string,
  rounds: number,
): readonly ReportLine[] {
  const ours = own.work[work];
  if (ours === undefined) throw new Error(`expected git-registry to ${work}`);
  const able = peers.flatMap((peer) => {
    const variant = peer.work[work];
    return variant === undefined ? [] : [{ peer, variant }];
  });
  const times = measure([ours, ...able.map(({ variant }) => variant)], rounds);
  const value = median(times.get(ours.id));
  return [
    { what: `git-registry: \`${ours.typed}\``, size, value, unit: 'ms' },
    ...able.map(({ peer, variant }): ReportLine => {
      const what = `${peer.name} ${peer.version}: \`${variant.typed}\``;
      return { what, size, value: median(times.get(variant.id)), unit: 'ms', floor: { what: 'git-registry', value } };
    }),
  ];
}
