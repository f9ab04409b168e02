import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderLineageDot } from '../../src/cli/render/lineage-dot.ts';
import { renderLineage } from '../../src/cli/render/lineage-tree.ts';
import { plainStyle } from '../../src/cli/render/style.ts';
import type { EdgeKind } from '../../src/domain/lineage.ts';
import type { LineageResult } from '../../src/operations/lineage.ts';
import { bareNode, lineageOf, place } from '../support/lineage-results.ts';

const name = (index: number): string => (index + 1).toString(16).padStart(4, '0');

/** Graphs in which every entry but the root is reached from an earlier one; further edges lead from earlier to later. */
const graphs: fc.Arbitrary<LineageResult> = fc
  .tuple(
    fc.array(fc.nat(), { maxLength: 60 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 60 }),
    fc.constantFrom('up', 'down'),
  )
  .map(([reachedFrom, further, direction]) => {
    const count = reachedFrom.length + 1;
    const steps = new Map<string, readonly [number, number, EdgeKind]>();
    for (const [index, from] of reachedFrom.entries())
      steps.set(`${from % (index + 1)} ${index + 1}`, [from % (index + 1), index + 1, 'parent']);
    for (const [a, b, isInput] of further) {
      const [from, to] = [a % count, b % count].sort((x, y) => x - y) as [number, number];
      if (from !== to) steps.set(`${from} ${to}`, [from, to, isInput ? 'input' : 'parent']);
    }
    const nodes = Array.from({ length: count }, (_, index) => bareNode(name(index), [place('m', [`v1.0.${index}`])]));
    const edges = [...steps.values()].map(([near, far, kind]) =>
      direction === 'up' ? ([name(near), name(far), kind] as const) : ([name(far), name(near), kind] as const),
    );
    return lineageOf(nodes, edges, { direction });
  });

test('a tree draws every entry once and every dependency once, as a step or as a reference', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const lines = renderLineage(graph, plainStyle(true), Infinity);
      const entries = lines.flatMap((line) => /● (?:\w+ +)?([0-9a-f]{12}) /.exec(line)?.[1] ?? []);
      const references = lines.flatMap((line) => /○ \w+ +([0-9a-f]{12}) /.exec(line)?.[1] ?? []);
      expect([...entries].sort()).toEqual(graph.nodes.map(({ sha256 }) => sha256.slice(0, 12)).sort());
      expect(entries.length + references.length).toBe(graph.edges.length + 1);
    }),
  );
});

test('a reference says truly whether the entry is above or below', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const lines = renderLineage(graph, plainStyle(true), Infinity);
      for (const [index, line] of lines.entries()) {
        const [, sha, where] = /○ \w+ +([0-9a-f]{12}) .* see (above|below)$/.exec(line) ?? [];
        if (sha === undefined) continue;
        const drawn = lines.findIndex((other) => other.includes('●') && other.includes(` ${sha} `));
        expect(drawn < index ? 'above' : 'below').toBe(where);
      }
    }),
  );
});

test('no graph is indented by more than about the root of twice its entries', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const columns = renderLineage(graph, plainStyle(true), Infinity).map(
        (line) => Math.max(line.indexOf('●'), line.indexOf('○')) / 2,
      );
      // What a parent is given before an input is the constant.
      expect(Math.max(...columns)).toBeLessThanOrEqual(Math.ceil(Math.sqrt(2 * graph.nodes.length)) + 21);
    }),
  );
});

test('dot has a line for every entry and every dependency', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const lines = renderLineageDot(graph);
      expect(lines.filter((line) => line.includes(' [label="0'))).toHaveLength(0);
      expect(lines.filter((line) => line.includes('->'))).toHaveLength(graph.edges.length);
      expect(lines.filter((line) => /^ {2}"[0-9a-f]{64}" \[/.test(line))).toHaveLength(graph.nodes.length);
    }),
  );
});
