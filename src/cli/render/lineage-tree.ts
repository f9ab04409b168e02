/** Lineage as `git registry lineage` draws it for people. */
import type { Sha256 } from '../../domain/digest.ts';
import type { EdgeKind } from '../../domain/lineage.ts';
import type { LineageNode, LineageResult } from '../../operations/lineage.ts';
import { shortSha } from './entry-name.ts';
import { escapeControls } from './escape.ts';
import { namePlaces, originLines, tombstoneLines } from './lineage-node.ts';
import { LineageOrder, type Step } from './lineage-order.ts';
import { formatCount } from './quantity.ts';
import { paintStanding } from './standing.ts';
import type { Style } from './style.ts';
import { cutToWidth, padToWidth } from './width.ts';

interface Pens {
  readonly entry: string;
  /** An entry that is drawn in another place. */
  readonly reference: string;
  readonly stem: string;
  readonly branch: string;
  readonly lastBranch: string;
}

const BOXES: Pens = { entry: '●', reference: '○', stem: '│', branch: '├─', lastBranch: '└─' };
const ASCII: Pens = { entry: '*', reference: 'o', stem: '|', branch: '|-', lastBranch: '`-' };

/** What an entry is to the one above it. Down, who was derived is told from who only consumed. */
const KINDS: Readonly<Record<'up' | 'down', Readonly<Record<EdgeKind, string>>>> = {
  up: { parent: 'parent', input: 'input ' },
  down: { parent: 'child   ', input: 'consumer' },
};

/** Columns of the keys of details. */
const KEY_WIDTH = 9;
/** A value is not cut below this, however deep it stands. */
const LEAST_VALUE = 20;

interface Drawing {
  readonly direction: 'up' | 'down';
  readonly nodes: ReadonlyMap<Sha256, LineageNode>;
  readonly order: LineageOrder;
  readonly drawn: Set<Sha256>;
  readonly style: Style;
  readonly pens: Pens;
  readonly width: number;
  readonly lines: string[];
}

/**
 * Returns the lines: each entry once, from the root on; where it is needed again, a line that refers to it. `width` may be
 * Infinity. Up, every entry has what it was made of below it; down, what matters is who is reached.
 */
export function renderLineage(result: LineageResult, style: Style, width: number): readonly string[] {
  const drawing: Drawing = {
    direction: result.direction,
    nodes: new Map(result.nodes.map((node) => [node.sha256, node])),
    order: new LineageOrder(result),
    drawn: new Set(),
    style,
    pens: style.unicode ? BOXES : ASCII,
    width,
    lines: [],
  };
  drawLine(drawing, { sha256: result.root, kind: undefined }, '', '');
  return [...drawing.lines, ...footer(result, style)];
}

/** Draws a line of entries in one column. `lead` stands before its first entry, `indent` before all that follows. */
function drawLine(drawing: Drawing, first: Step, lead: string, indent: string): void {
  const { order, pens, style, lines, drawn } = drawing;
  const line = order.claimLine(first);
  for (const [index, step] of line.entries()) {
    const next = line[index + 1];
    const branches = order.stepsFrom(step.sha256).filter(({ sha256 }) => sha256 !== next?.sha256);
    const stem = next === undefined && branches.length === 0 ? ' ' : pens.stem;
    lines.push(`${style.dim(`${index === 0 ? lead : indent}${pens.entry}`)} ${labelOf(drawing, step)}`);
    const details = detailsOf(drawing, step, `${indent}${stem}   `);
    // Entries that follow each other without anything between them would look like siblings.
    const isBare = details.length === 0 && branches.length === 0 && next !== undefined;
    lines.push(...details, ...(isBare ? [style.dim(indent + pens.stem)] : []));
    drawn.add(step.sha256);
    for (const [at, branch] of branches.entries())
      drawBranch(drawing, branch, indent, next === undefined && at === branches.length - 1);
  }
}

function drawBranch(drawing: Drawing, branch: Step, indent: string, isLast: boolean): void {
  const { order, pens, style, lines, drawn } = drawing;
  const lead = indent + (isLast ? pens.lastBranch : pens.branch);
  if (order.isClaimed(branch.sha256)) {
    const where = drawn.has(branch.sha256) ? 'see above' : 'see below';
    lines.push(`${style.dim(`${lead}${pens.reference}`)} ${labelOf(drawing, branch)}  ${style.dim(where)}`);
  } else {
    drawLine(drawing, branch, lead, `${indent}${isLast ? ' ' : pens.stem} `);
  }
}

function labelOf({ nodes, direction, style }: Drawing, { sha256, kind }: Step): string {
  const node = nodes.get(sha256);
  const places = node === undefined ? [] : namePlaces(node);
  const names = places.map(({ name, also, standing }) => {
    const versions = also.length === 0 ? '' : style.dim(` (also ${also.join(', ')})`);
    return `${style.bold(escapeControls(name))}${versions} ${paintStanding(style, standing)}`;
  });
  return [
    ...(kind === undefined ? [] : [style.dim(KINDS[direction][kind])]),
    style.cyan(shortSha(sha256)),
    names.length === 0 ? style.yellow('in no log here') : names.join(', '),
  ].join(' ');
}

function detailsOf({ nodes, direction, style, width }: Drawing, { sha256 }: Step, indent: string): readonly string[] {
  const node = nodes.get(sha256);
  if (node === undefined) return [];
  const details = [...tombstoneLines(node), ...(direction === 'up' ? originLines(node) : [])];
  const room = Math.max(LEAST_VALUE, width - indent.length - KEY_WIDTH - 1);
  return details.map(
    ([key, value]) =>
      `${style.dim(`${indent}${padToWidth(key, KEY_WIDTH)}`)} ${cutToWidth(escapeControls(value), room, style.unicode)}`,
  );
}

function footer({ nodes, cut, direction }: LineageResult, style: Style): readonly string[] {
  const kind = direction === 'up' ? 'ancestor' : 'descendant';
  if (cut > 0) return [style.dim(`${formatCount(cut, `more ${kind}`)} beyond --depth`)];
  if (nodes.length > 1) return [];
  return [style.dim(direction === 'up' ? 'it has no parent and no input' : 'nothing descends from it')];
}
