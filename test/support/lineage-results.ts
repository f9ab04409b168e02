/** Lineage graphs made by hand, as the operation returns them. */
import type { ObjectId, Sha256 } from '../../src/domain/digest.ts';
import type { Edge } from '../../src/domain/lineage.ts';
import type { ModelName } from '../../src/domain/model-name.ts';
import type { Version } from '../../src/domain/version.ts';
import type { LineageNode, LineagePlace, LineageResult } from '../../src/operations/lineage.ts';

/** Returns a SHA that begins with some hex digits. */
export function shaOf(start: string): Sha256 {
  return start.padEnd(64, '0') as Sha256;
}

/** Returns a place: `place('tutor', ['v1.0.0'], { stage: 'production' })`. */
export function place(model: string, versions: readonly string[] = [], more: Partial<LineagePlace> = {}): LineagePlace {
  return {
    model: model as ModelName,
    versions: versions as readonly Version[],
    stage: 'development',
    status: 'ready',
    tombstone: null,
    ...more,
  };
}

/** Returns an entry that says nothing of its making. */
export function bareNode(start: string, places: readonly LineagePlace[], more: Partial<LineageNode> = {}): LineageNode {
  return {
    sha256: shaOf(start),
    commit: start.padEnd(40, '0') as ObjectId,
    profile: 'files/1',
    places,
    corpus: null,
    tokenizer: null,
    code: null,
    seed: null,
    hparams: {},
    environment: null,
    runId: null,
    ...more,
  };
}

/** Returns a graph whose edges are `[from, to]` or `[from, to, 'input']`; the root is the first node. */
export function lineageOf(
  nodes: readonly LineageNode[],
  edges: readonly (readonly [from: string, to: string, kind?: Edge['kind']])[],
  more: Partial<LineageResult> = {},
): LineageResult {
  return {
    root: nodes[0]?.sha256 ?? shaOf('0'),
    direction: 'up',
    nodes,
    edges: edges.map(([from, to, kind = 'parent']) => ({ from: shaOf(from), to: shaOf(to), kind })),
    cut: 0,
    ...more,
  };
}
