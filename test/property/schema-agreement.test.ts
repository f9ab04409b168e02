import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isStageName } from '../../src/domain/state.ts';
import { isVersion } from '../../src/domain/version.ts';
import { validateEvent } from '../../src/schema/validate-event.ts';

const SHA = '3c5707b0cebe9c8377b902ff23d8eb541eaba56f0cc3a379c7a2348fcc66f5d7';

const ENVELOPE = {
  v: 1,
  id: '019aa3c0-0000-7000-8000-000000000001',
  seq: 1,
  prev: SHA,
  at: '2025-11-20T22:34:01.250Z',
  by: { name: 'Ana Ruiz', email: 'ana@example.org' },
  model: 'grammar-tutor',
};

const accepts = (body: Readonly<Record<string, unknown>>): boolean =>
  validateEvent({ ...ENVELOPE, ...body }).kind === 'valid';

/** Texts on both sides of what is legal: pieces of versions, put together at random. */
const nearVersions = fc
  .array(
    fc.constantFrom(
      'v',
      '0',
      '1',
      '9007199254740991',
      '9007199254740992',
      '.',
      '-',
      '+',
      'rc',
      'RC',
      '01',
      '.lock',
      ' ',
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(''));

const legalVersions = fc.stringMatching(
  /^v(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})(-[a-z][0-9a-z-]{0,9}(\.[1-9])?)?$/,
);

const nearStages = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,35}$/),
  fc.constantFrom(
    'development',
    'archived',
    'rollback',
    'staging',
    'a-',
    '',
    'A',
    'a',
    `a${'b'.repeat(31)}`,
    `a${'b'.repeat(32)}`,
  ),
);

describe('the schema of events and the domain agree on', () => {
  test('versions: an event that is written can be read, and no other', () => {
    fc.assert(
      fc.property(fc.oneof(nearVersions, legalVersions), (version) => {
        expect(accepts({ kind: 'promote', sha256: SHA, version })).toBe(isVersion(version));
      }),
      { numRuns: 2000 },
    );
  });

  test('stages', () => {
    fc.assert(
      fc.property(nearStages, (to) => {
        expect(accepts({ kind: 'gate', sha256: SHA, to, report: SHA })).toBe(isStageName(to));
      }),
      { numRuns: 1000 },
    );
  });
});
