/** Lineage in Graphviz' language: `git registry lineage SPEC --format dot | dot -Tsvg`. */
import type { LineageNode, LineageResult } from '../../operations/lineage.ts';
import { escapeControls } from './escape.ts';
import { isBuried, labelLines } from './lineage-node.ts';

/** Returns the lines of a digraph: edges lead from what depends to what it depends on, which stands above it. */
export function renderLineageDot({ root, nodes, edges }: LineageResult): readonly string[] {
  return [
    'digraph lineage {',
    '  rankdir=BT;',
    '  node [shape=box, fontname="sans-serif"];',
    ...nodes.map((node) => `  "${node.sha256}" [${attributesOf(node, node.sha256 === root)}];`),
    ...edges.map(
      ({ from, to, kind }) => `  "${from}" -> "${to}"${kind === 'input' ? ' [label="input", style=dashed]' : ''};`,
    ),
    '}',
  ];
}

function attributesOf(node: LineageNode, isRoot: boolean): string {
  const label = labelLines(node).map(quote).join('\\n');
  return [
    `label="${label}"`,
    ...(isRoot ? ['penwidth=2'] : []),
    ...(isBuried(node) ? ['style=dashed', 'color=gray', 'fontcolor=gray'] : []),
  ].join(', ');
}

function quote(text: string): string {
  return escapeControls(text).replace(/["\\]/g, '\\$&');
}
