/** Lineage as a Mermaid flowchart, which forges draw inside Markdown. */
import type { LineageResult } from '../../operations/lineage.ts';
import { escapeControls } from './escape.ts';
import { isBuried, labelLines } from './lineage-node.ts';

/** Returns the lines of a flowchart: edges lead from what depends to what it depends on, which stands above it. */
export function renderLineageMermaid({ root, nodes, edges }: LineageResult): readonly string[] {
  const idOf = new Map(nodes.map(({ sha256 }, index) => [sha256, `n${index}`]));
  const buried = nodes.filter(isBuried).map(({ sha256 }) => idOf.get(sha256));
  return [
    'flowchart BT',
    ...nodes.map((node) => `  ${idOf.get(node.sha256)}["${labelLines(node).map(quote).join('<br>')}"]`),
    ...edges.map(
      ({ from, to, kind }) => `  ${idOf.get(from)} ${kind === 'input' ? '-. input .->' : '-->'} ${idOf.get(to)}`,
    ),
    `  style ${idOf.get(root)} stroke-width:3px`,
    ...(buried.length === 0
      ? []
      : ['  classDef tombstoned color:#888,stroke:#888,stroke-dasharray:4', `  class ${buried.join(',')} tombstoned`]),
  ];
}

/** Mermaid reads HTML and its own `#...;` codes inside a label. */
function quote(text: string): string {
  return escapeControls(text).replace(/[&<>"#;`]/g, (character) => `#${character.charCodeAt(0)};`);
}
