import { describe, expect, test } from 'vitest';
import { renderLineageDot } from '../../../../src/cli/render/lineage-dot.ts';
import { renderLineageMermaid } from '../../../../src/cli/render/lineage-mermaid.ts';
import { renderLineage } from '../../../../src/cli/render/lineage-tree.ts';
import { colourStyle, plainStyle } from '../../../../src/cli/render/style.ts';
import { displayWidth } from '../../../../src/cli/render/width.ts';
import { bareNode, lineageOf, place, shaOf } from '../../../support/lineage-results.ts';

const PLAIN = plainStyle(true);

const TRAINED = bareNode('a1', [place('tutor', ['v2.0.0'], { stage: 'production' })], {
  profile: 'lm/1',
  corpus: '8f14e45fceea167a5a36dedd4bea2543.dir',
  tokenizer: 'd551',
  code: { commit: '43623aef30b497ca19f0', here: true, subject: 'train it', date: '2026-01-31T12:00:00.000Z' },
  seed: '18446744073709551615',
  hparams: { lr: '0.01', 'optimizer.name': 'sgd' },
  environment: '{"node":"v20","packages":{"a":"1","b":"2"},"tags":["x"]}',
  runId: 'run-1',
});
const BASE = bareNode('b2', [place('tutor', ['v1.0.0'], { stage: 'archived' })], {
  code: { commit: '0123456789abcdef', here: false, subject: null, date: null },
});

/** A merge of two branches of one base, with a data set that both a branch and the merge used. */
const MERGE = lineageOf(
  [
    bareNode('e5', [place('tutor', ['v3.0.0'])]),
    bareNode('d4', [place('tutor', ['v2.1.0'])]),
    bareNode('c3', [place('tutor', ['v2.0.0'])]),
    bareNode('da7a', [place('verbs', ['v1.0.0'])]),
    bareNode('b2', [place('tutor', ['v1.0.0'])]),
  ],
  [
    ['e5', 'd4'],
    ['e5', 'c3'],
    ['e5', 'da7a', 'input'],
    ['d4', 'b2'],
    ['c3', 'b2'],
    ['c3', 'da7a', 'input'],
  ],
);

describe('a lineage tree', () => {
  test('shows of each entry what it was made of, and what it came from in the same column', () => {
    expect(renderLineage(lineageOf([TRAINED, BASE], [['a1', 'b2']]), PLAIN, Infinity)).toEqual([
      '● a10000000000 tutor@v2.0.0 production',
      '│   corpus    8f14e45fceea167a5a36dedd4bea2543.dir',
      '│   tokenizer d551',
      '│   code      43623aef30b4 2026-01-31 train it',
      '│   seed      18446744073709551615',
      '│   hparams   lr=0.01 optimizer.name=sgd',
      '│   env       node=v20 packages=(2) tags=(1)',
      '│   run       run-1',
      '● parent b20000000000 tutor@v1.0.0 archived',
      '    code      0123456789ab not in this repository',
    ]);
  });

  test('draws a shared ancestor once and refers to it, above or below', () => {
    expect(renderLineage(MERGE, PLAIN, Infinity)).toEqual([
      '● e50000000000 tutor@v3.0.0 development',
      '├─● parent c30000000000 tutor@v2.0.0 development',
      '│ ├─○ parent b20000000000 tutor@v1.0.0 development  see below',
      '│ ● input  da7a00000000 verbs@v1.0.0 development',
      '├─○ input  da7a00000000 verbs@v1.0.0 development  see above',
      '● parent d40000000000 tutor@v2.1.0 development',
      '│',
      '● parent b20000000000 tutor@v1.0.0 development',
    ]);
  });

  test('tells children from consumers on the way down, and sorts them by name', () => {
    const result = lineageOf(
      [
        bareNode('b2', [place('verbs', ['v1.0.0'])]),
        bareNode('a3', [place('tutor', ['v1.10.0'])]),
        bareNode('a2', [place('tutor', ['v1.9.0'])]),
        bareNode('a1', [place('verbs', ['v1.1.0'])]),
      ],
      [
        ['a3', 'b2', 'input'],
        ['a2', 'b2', 'input'],
        ['a1', 'b2'],
      ],
      { direction: 'down' },
    );
    expect(renderLineage(result, PLAIN, Infinity)).toEqual([
      '● b20000000000 verbs@v1.0.0 development',
      '├─● consumer a20000000000 tutor@v1.9.0 development',
      '├─● consumer a30000000000 tutor@v1.10.0 development',
      '● child    a10000000000 verbs@v1.1.0 development',
    ]);
  });

  test('marks tombstones with their reasons, candidates, and entries that no log here has', () => {
    const buried = place('tutor', ['v1.0.0', 'v1.0.1'], {
      stage: null,
      status: 'tombstoned',
      tombstone: 'leaked\ntest data',
    });
    const pending = place('other', [], { stage: null, status: 'pending' });
    const result = lineageOf([bareNode('a1', [buried, pending]), bareNode('b2', [])], [['a1', 'b2']]);
    expect(renderLineage(result, PLAIN, Infinity)).toEqual([
      '● a10000000000 tutor@v1.0.1 (also v1.0.0) tombstoned, other pending',
      '│   tombstone tutor: leaked\\ntest data',
      '● parent b20000000000 in no log here',
    ]);
  });

  test('says what lies beyond the depth, and when there is nothing to show', () => {
    const root = bareNode('a1', [place('tutor', ['v1.0.0'])]);
    const last = (more: Parameters<typeof lineageOf>[2]): string | undefined =>
      renderLineage(lineageOf([root], [], more), PLAIN, 80).at(-1);
    expect(last({ cut: 1 })).toBe('1 more ancestor beyond --depth');
    expect(last({ cut: 7, direction: 'down' })).toBe('7 more descendants beyond --depth');
    expect(last({})).toBe('it has no parent and no input');
    expect(last({ direction: 'down' })).toBe('nothing descends from it');
  });

  test('fits the width by cutting what entries were made of', () => {
    const lines = renderLineage(lineageOf([TRAINED, BASE], [['a1', 'b2']]), PLAIN, 45);
    expect(lines).toContain('│   corpus    8f14e45fceea167a5a36dedd4bea25…');
    expect(Math.max(...lines.map(displayWidth))).toBe(45);
  });

  test('is drawn with ASCII where the locale has no more', () => {
    const lines = renderLineage(MERGE, plainStyle(false), Infinity);
    expect(lines.slice(0, 4).map((line) => line.slice(0, 12))).toEqual([
      '* e500000000',
      '|-* parent c',
      '| |-o parent',
      '| * input  d',
    ]);
  });

  test('of 12,000 generations stays in one column and overflows no stack', () => {
    const count = 12_000;
    const nodes = Array.from({ length: count }, (_, index) =>
      bareNode(index.toString(16).padStart(8, '0'), [place('tutor')]),
    );
    const names = nodes.map(({ sha256 }) => sha256.slice(0, 8));
    const edges = names.slice(1).map((to, index) => [names[index] ?? '', to] as const);
    const lines = renderLineage(lineageOf(nodes, edges), PLAIN, Infinity);
    expect(lines).toHaveLength(2 * count - 1);
    expect(new Set(lines.map((line) => line[0]))).toEqual(new Set(['●', '│']));
  });

  test('keeps the line of parents straight where each of them used an entry with a history of its own', () => {
    const models = ['a1', 'a2', 'a3'];
    const data = ['d1', 'd2', 'd3', 'd4', 'd5'];
    const result = lineageOf(
      [...models, ...data].map((start) => bareNode(start, [place('m')])),
      [
        ['a1', 'a2'],
        ['a2', 'a3'],
        ['a1', 'd1', 'input'],
        ['a2', 'd2', 'input'],
        ...data.slice(1).map((to, index) => [data[index] ?? '', to] as const),
      ],
    );
    const column = renderLineage(result, PLAIN, Infinity).filter((line) => line.startsWith('●'));
    expect(column.map((line) => line.slice(-14, -12))).toHaveLength(3);
    expect(column.join()).toMatch(/a10.*a20.*a30/);
  });

  test('paints standings and escapes what a terminal would obey', () => {
    const style = colourStyle(true);
    const node = bareNode('a1', [place('tutor', ['v1.0.0'], { stage: 'production' })], { runId: '\u001b[31mred\ntwo' });
    const text = renderLineage(lineageOf([node], []), style, 80).map(style.finish);
    expect(text[0]).toContain('\u001b[32mproduction\u001b[39m');
    expect(text[1]).toContain('\\x1b[31mred\\ntwo');
  });
});

const ODD = lineageOf(
  [
    bareNode('a1', [place('say "hi"; <b>#1</b>', ['v1.0.0'], { stage: 'production' })]),
    bareNode('b2', [place('back\\slash', [], { stage: null, status: 'tombstoned', tombstone: 'bad' })]),
    bareNode('c3', []),
  ],
  [
    ['a1', 'b2'],
    ['a1', 'c3', 'input'],
  ],
);

describe('a lineage in dot', () => {
  test('quotes names, tells inputs from parents, and greys out tombstones', () => {
    const [a, b, c] = ['a1', 'b2', 'c3'].map(shaOf);
    expect(renderLineageDot(ODD)).toEqual([
      'digraph lineage {',
      '  rankdir=BT;',
      '  node [shape=box, fontname="sans-serif"];',
      `  "${a}" [label="say \\"hi\\"; <b>#1</b>@v1.0.0\\na10000000000\\nproduction", penwidth=2];`,
      `  "${b}" [label="back\\\\slash\\nb20000000000\\ntombstoned", style=dashed, color=gray, fontcolor=gray];`,
      `  "${c}" [label="c30000000000"];`,
      `  "${a}" -> "${b}";`,
      `  "${a}" -> "${c}" [label="input", style=dashed];`,
      '}',
    ]);
  });
});

describe('a lineage in Mermaid', () => {
  test('codes what Mermaid would read as markup', () => {
    expect(renderLineageMermaid(ODD)).toEqual([
      'flowchart BT',
      '  n0["say #34;hi#34;#59; #60;b#62;#35;1#60;/b#62;@v1.0.0<br>a10000000000<br>production"]',
      '  n1["back\\slash<br>b20000000000<br>tombstoned"]',
      '  n2["c30000000000"]',
      '  n0 --> n1',
      '  n0 -. input .-> n2',
      '  style n0 stroke-width:3px',
      '  classDef tombstoned color:#888,stroke:#888,stroke-dasharray:4',
      '  class n1 tombstoned',
    ]);
  });
});
