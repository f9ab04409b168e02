import { readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';
import { type SyntaxNode, walk } from '../../architecture/source-file.ts';

/** Syntax that ECMAScript 5 does not have, as far as anybody would use it in a launcher. */
const NEWER = new Set([
  'ArrowFunctionExpression',
  'AwaitExpression',
  'ArrayPattern',
  'ChainExpression',
  'ClassDeclaration',
  'ForOfStatement',
  'ImportDeclaration',
  'ImportExpression',
  'ObjectPattern',
  'RestElement',
  'SpreadElement',
  'TemplateLiteral',
]);

function newerSyntax(text: string): string[] {
  const { program, errors } = parseSync('launcher.cjs', text);
  expect(errors).toEqual([]);
  return [...walk(program as unknown as SyntaxNode)].flatMap(({ type, kind, operator, async: isAsync, shorthand }) => {
    if (type === 'VariableDeclaration' && kind !== 'var') return [`${String(kind)} declaration`];
    if (operator === '??' || operator === '**') return [`operator ${operator}`];
    return NEWER.has(type) || isAsync === true || shorthand === true ? [type] : [];
  });
}

test('any Node can read the launcher, so any can say that it is too old', () => {
  expect(newerSyntax(readFileSync('bin/git-registry.cjs', 'utf8'))).toEqual([]);
});

test.each([
  ['const a = 1;', 'const declaration'],
  ["import('./a.js');", 'ImportExpression'],
  ['var f = () => 1;', 'ArrowFunctionExpression'],
  ['var a = `b`;', 'TemplateLiteral'],
  ['var a = b?.c;', 'ChainExpression'],
  ['var a = b ?? c;', 'operator ??'],
  ['async function f() {}', 'FunctionDeclaration'],
])('%s would be noticed', (text, finding) => {
  expect(newerSyntax(text)).toEqual([finding]);
});
