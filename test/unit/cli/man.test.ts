import { expect, test } from 'vitest';
import { manPage } from '../../../src/cli/man.ts';
import { everythingCommand } from './fake-program.ts';

const page = manPage([everythingCommand]);

test('the manual page has its sections in order', () => {
  const sections = page
    .split('\n')
    .filter((line) => line.startsWith('.SH'))
    .map((line) => line.slice(4).replaceAll('"', ''));
  expect(sections).toEqual([
    'NAME',
    'SYNOPSIS',
    'DESCRIPTION',
    'NAMING AN ENTRY',
    'LOOK COMMANDS',
    'OPTIONS OF EVERY COMMAND',
    'EXIT STATUS',
    'ENVIRONMENT',
    'FILES',
    'SEE ALSO',
  ]);
});

test('the manual page has a synopsis, every shown option and every example of a command', () => {
  expect(page).toContain('.SS "git registry everything [OPTIONS] SPEC [PATH...]"');
  expect(page).toContain('.TP\n\\fB\\-d, \\-\\-depth N\\fR\nHow deep (default 3).');
  expect(page).toContain('.TP\n\\fB\\-\\-version V\\fR');
  expect(page).toContain('.nf\ngit registry everything m@v1.0.0 a b\n.fi');
  expect(page).not.toContain('secret');
});

test('the manual page lists every exit code that a fault can have', () => {
  const codes = [...page.matchAll(/\.TP\n\\fB(\d+)\\fR/g)].map(([, code]) => Number(code));
  expect(codes).toEqual([0, 1, 2, 3, 4, 5, 70, 75]);
});

test('text cannot become a roff request or an escape', () => {
  const hostile = manPage([{ ...everythingCommand, description: ".so /etc/passwd\n'request\n\nback\\fBslash" }]);
  expect(hostile).toContain("\\&.so /etc/passwd\n\\&'request");
  expect(hostile).toContain('back\\efBslash');
});

test('the same data give the same page', () => {
  expect(manPage([everythingCommand])).toBe(page);
});
