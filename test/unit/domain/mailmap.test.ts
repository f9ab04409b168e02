import { expect, test } from 'vitest';
import { parseMailmap, personIn } from '../../../src/domain/mailmap.ts';

const MAP = parseMailmap(`# people
Bo <bo@example.org>
Bo <bo@example.org> <Bo@Work.example>
<cy@example.org> <cy@home.example>
Dee <dee@example.org> D <dee@old.example>
Eve <eve@example.org> Eve <shared@example.org>
Fay <fay@example.org> Fay <shared@example.org>
 # <x@example.org> <y@example.org>
Gil <gil@one.example> <gil@two.example> # moved
Gil <gil@three.example> <gil@two.example>
broken <a@example.org
`);

test.each([
  ['an address of the map, in any case', 'BO@work.example', 'bo@example.org'],
  ['one without names', 'cy@home.example', 'cy@example.org'],
  ['one that a name goes with', 'dee@old.example', 'dee@example.org'],
  ['one that several names share, which is nobody else', 'shared@example.org', 'shared@example.org'],
  ['the last line on it', 'gil@two.example', 'gil@three.example'],
  ['a proper address', 'bo@example.org', 'bo@example.org'],
  ['a tagged address, which is one of its own', 'bo+ci@example.org', 'bo+ci@example.org'],
  ['an address that is not there', 'Zoe@Example.org', 'zoe@example.org'],
])('%s', (_what, email, person) => {
  expect(personIn(MAP, email)).toBe(person);
});
