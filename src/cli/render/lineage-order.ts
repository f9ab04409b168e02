/**
 * The order in which a lineage graph is drawn. Its entries are laid out in lines: a line goes on from each entry to the one
 * after it in the same column, whatever its length, and only what branches off is indented. So a thousand generations of
 * fine-tuning stay in one column, and no graph of n entries is indented by more than about the root of 2n.
 */
import type { Sha256 } from '../../domain/digest.ts';
import type { EdgeKind } from '../../domain/lineage.ts';
import { compareVersions } from '../../domain/version-order.ts';
import type { LineageNode, LineageResult } from '../../operations/lineage.ts';

/** A step of the walk: to which entry, and how the two depend. The root has no kind. */
export interface Step {
  readonly sha256: Sha256;
  readonly kind: EdgeKind | undefined;
}

/** A parent goes on in the line before an input does, unless that has so many more generations behind it. */
const PARENT_ADVANTAGE = 20;

/** A graph under drawing. Each entry is claimed by one line. */
export class LineageOrder {
  readonly #steps: ReadonlyMap<Sha256, readonly Step[]>;
  readonly #heights: ReadonlyMap<Sha256, number>;
  readonly #claimed = new Set<Sha256>();

  constructor(result: LineageResult) {
    this.#steps = stepsOf(result);
    this.#heights = heightsOf(this.#steps, result.nodes);
  }

  /** Tells whether a line has the entry already. */
  isClaimed(sha256: Sha256): boolean {
    return this.#claimed.has(sha256);
  }

  /** Returns the steps on from an entry. */
  stepsFrom(sha256: Sha256): readonly Step[] {
    return this.#steps.get(sha256) ?? [];
  }

  /** Claims the line that begins with a step and returns it: on and on to the greatest that no other line has. */
  claimLine(first: Step): readonly Step[] {
    const line: Step[] = [];
    for (let step: Step | undefined = first; step !== undefined; step = this.#stepOn(step.sha256)) {
      this.#claimed.add(step.sha256);
      line.push(step);
    }
    return line;
  }

  #stepOn(sha256: Sha256): Step | undefined {
    let best: Step | undefined;
    for (const step of this.stepsFrom(sha256)) {
      if (this.isClaimed(step.sha256)) continue;
      if (best === undefined || this.#weightOf(step) > this.#weightOf(best)) best = step;
    }
    return best;
  }

  #weightOf({ sha256, kind }: Step): number {
    return (this.#heights.get(sha256) ?? 0) + (kind === 'parent' ? PARENT_ADVANTAGE : 0);
  }
}

function stepsOf({ nodes, edges, direction }: LineageResult): ReadonlyMap<Sha256, readonly Step[]> {
  const steps = new Map<Sha256, Step[]>(nodes.map(({ sha256 }) => [sha256, []]));
  for (const { from, to, kind } of edges) {
    if (direction === 'up') steps.get(from)?.push({ sha256: to, kind });
    else steps.get(to)?.push({ sha256: from, kind });
  }
  if (direction === 'down') sortSiblings(steps, nodes);
  return steps;
}

/** Up, the order is the one that was registered. Down, nobody gave one: children before consumers, then by name. */
function sortSiblings(steps: ReadonlyMap<Sha256, Step[]>, nodes: readonly LineageNode[]): void {
  const byName = new Map([...nodes].sort(compareNodes).map(({ sha256 }, index) => [sha256, index]));
  const rankOf = ({ sha256, kind }: Step): number => (byName.get(sha256) ?? 0) + (kind === 'parent' ? 0 : nodes.length);
  for (const siblings of steps.values()) siblings.sort((a, b) => rankOf(a) - rankOf(b));
}

function compareNodes(a: LineageNode, b: LineageNode): number {
  const [left, right] = [a.places[0], b.places[0]];
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  if (left.model !== right.model) return left.model < right.model ? -1 : 1;
  const [older, newer] = [left.versions.at(-1), right.versions.at(-1)];
  if (older === undefined || newer === undefined) return Number(older === undefined) - Number(newer === undefined);
  return compareVersions(older, newer);
}

/** Returns of each entry the most steps that lead on from it. */
function heightsOf(
  steps: ReadonlyMap<Sha256, readonly Step[]>,
  nodes: readonly LineageNode[],
): ReadonlyMap<Sha256, number> {
  const before = new Map<Sha256, Sha256[]>(nodes.map(({ sha256 }) => [sha256, []]));
  const waiting = new Map<Sha256, number>();
  for (const [sha256, onward] of steps) {
    waiting.set(sha256, onward.length);
    for (const step of onward) before.get(step.sha256)?.push(sha256);
  }
  const heights = new Map<Sha256, number>();
  const ready = [...waiting].filter(([, count]) => count === 0).map(([sha256]) => sha256);
  // What becomes ready is appended to what is being gone through.
  for (const sha256 of ready) {
    const height = heights.get(sha256) ?? 0;
    for (const previous of before.get(sha256) ?? []) {
      heights.set(previous, Math.max(heights.get(previous) ?? 0, height + 1));
      const left = (waiting.get(previous) ?? 0) - 1;
      waiting.set(previous, left);
      if (left === 0) ready.push(previous);
    }
  }
  return heights;
}
