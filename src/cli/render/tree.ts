/** Trees drawn with boxes, as `git registry lineage` shows ancestry. */
import type { Style } from './style.ts';

/** A node: its line, lines of detail under it, and its children. Lines may be styled. */
export interface TreeNode {
  readonly label: string;
  readonly details?: readonly string[];
  readonly children: readonly TreeNode[];
}

interface Pens {
  readonly branch: string;
  readonly last: string;
  readonly through: string;
}

const BOXES: Pens = { branch: '├─ ', last: '└─ ', through: '│  ' };
const ASCII: Pens = { branch: '|- ', last: '`- ', through: '|  ' };
const EMPTY = '   ';

/** Returns the lines of a tree. Iterative, so that a chain of 100,000 ancestors overflows nothing. */
export function renderTree(root: TreeNode, style: Style): readonly string[] {
  const pens = style.unicode ? BOXES : ASCII;
  const lines: string[] = [];
  const open: { readonly node: TreeNode; readonly pen: string; readonly indent: string }[] = [
    { node: root, pen: '', indent: '' },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, pen, indent } = next;
    const below = pen === '' ? '' : indent + (pen === pens.last ? EMPTY : pens.through);
    const stem = node.children.length > 0 ? pens.through : EMPTY;
    lines.push(`${style.dim(indent + pen)}${node.label}`);
    for (const detail of node.details ?? []) lines.push(`${style.dim(below + stem)}${detail}`);
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index];
      if (child !== undefined)
        open.push({ node: child, pen: index === node.children.length - 1 ? pens.last : pens.branch, indent: below });
    }
  }
  return lines;
}
