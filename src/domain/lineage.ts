/** The lineage graph of an entry: pure selection of nodes and edges from what a walk found. */
import type { ObjectId, Sha256 } from './digest.ts';
import type { Profile } from './manifest.ts';

/** How an entry depends on another: derived from it, or having consumed it (format §1). */
export type EdgeKind = 'parent' | 'input';

/** An entry of the walk. */
export interface WalkedEntry {
  readonly sha256: Sha256;
  readonly commit: ObjectId;
  readonly profile: Profile;
  readonly parents: readonly Sha256[];
  readonly inputs: readonly Sha256[];
}

/** One dependency: `from` depends on `to`. */
export interface Edge {
  readonly from: Sha256;
  readonly to: Sha256;
  readonly kind: EdgeKind;
}

/** The graph in reach of a root; nodes in breadth-first order from it. */
export interface LineageGraph {
  readonly root: Sha256;
  readonly nodes: readonly WalkedEntry[];
  readonly edges: readonly Edge[];
  /** Entries that lie deeper than the limit. */
  readonly cut: number;
}

/** Returns the dependencies of one entry, parents first. */
function dependencies(entry: WalkedEntry): readonly Edge[] {
  const edge =
    (kind: EdgeKind) =>
    (to: Sha256): Edge => ({ from: entry.sha256, to, kind });
  return [...entry.parents.map(edge('parent')), ...entry.inputs.map(edge('input'))];
}

/** Selects what is reachable from `root` within `depth` steps, up to ancestors or down to descendants. */
export function selectLineage(
  root: Sha256,
  walked: Iterable<WalkedEntry>,
  direction: 'up' | 'down',
  depth: number,
): LineageGraph {
  const entries = new Map([...walked].map((entry) => [entry.sha256, entry]));
  const edges = [...entries.values()]
    .flatMap(dependencies)
    .filter(({ from, to }) => entries.has(from) && entries.has(to));
  const onward = new Map<Sha256, Sha256[]>();
  for (const { from, to } of edges) {
    const [near, far] = direction === 'up' ? [from, to] : [to, from];
    const further = onward.get(near);
    if (further === undefined) onward.set(near, [far]);
    else further.push(far);
  }
  const reached = reach(root, onward, depth);
  const nodes = [...reached].flatMap((sha256) => entries.get(sha256) ?? []);
  return {
    root,
    nodes,
    edges: edges.filter(({ from, to }) => reached.has(from) && reached.has(to)),
    cut: entries.size - nodes.length,
  };
}

function reach(root: Sha256, onward: ReadonlyMap<Sha256, readonly Sha256[]>, depth: number): ReadonlySet<Sha256> {
  const reached = new Set([root]);
  let frontier = [root];
  for (let step = 0; step < depth && frontier.length > 0; step += 1) {
    const next: Sha256[] = [];
    for (const near of frontier) {
      for (const far of onward.get(near) ?? []) {
        if (!reached.has(far)) next.push(far);
        reached.add(far);
      }
    }
    frontier = next;
  }
  return reached;
}
