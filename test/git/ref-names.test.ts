import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256Of } from '../../src/domain/digest.ts';
import { isModelName, type ModelName } from '../../src/domain/model-name.ts';
import type { RefKey } from '../../src/domain/ref-key.ts';
import { isVersion, type Version } from '../../src/domain/version.ts';
import { parseRefName, refNameOf } from '../../src/git/ref-names.ts';
import { temporaryRepository } from '../support/temporary-repository.ts';

const segment = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.stringMatching(/^[a-zA-Z.%-]{1,12}(\.lock)?$/),
  fc.constantFrom('.', '..', '-x', 'a..b', 'x.LOCK', '@', '@{', 'a b', '%41', '~^:?*[', '\\'),
);
const model = fc
  .array(segment, { minLength: 1, maxLength: 2 })
  .map((parts) => parts.join('/').normalize('NFC'))
  .filter((name): name is ModelName => isModelName(name));
const sha256 = fc.string().map((text) => sha256Of(text));
const version = fc
  .tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.constantFrom('', '-rc.1', '-alpha', '-0.x-y'))
  .map(([major, minor, patch, pre]) => `v${major}.${minor}.${patch}${pre}`)
  .filter((text): text is Version => isVersion(text));
const slot = fc
  .stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z]{1,3})?$/)
  .filter((text) => !['development', 'archived', 'rollback'].includes(text));

const key: fc.Arbitrary<RefKey> = fc.oneof(
  sha256.map((sha) => ({ kind: 'entry' as const, sha256: sha })),
  fc.record({ kind: fc.constantFrom('pending' as const, 'tombstone' as const), model, sha256 }),
  fc.record({ kind: fc.constant('version' as const), model, version }),
  fc.record({ kind: fc.constant('stage' as const), model, slot }),
  fc.record({ kind: fc.constant('log' as const), model }),
);

test('every key comes back from its name', () => {
  fc.assert(
    fc.property(key, (ref) => {
      expect(parseRefName(refNameOf(ref))).toEqual(ref);
    }),
    { numRuns: 500 },
  );
});

test('a name that is a key is the only name of that key', () => {
  const part = fc.oneof(segment, fc.constantFrom('sha', 'log', 'semver', 'stage', 'v1.0.0', 'm', 'a'.repeat(64)));
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `refs/registry/${parts.join('/')}`);
  fc.assert(
    fc.property(name, (text) => {
      const parsed = parseRefName(text);
      if (parsed !== undefined) expect(refNameOf(parsed)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test('git takes the name of every key', () => {
  const repository = temporaryRepository();
  fc.assert(
    fc.property(key, (ref) => {
      expect(repository.tryGit(['check-ref-format', refNameOf(ref)]).exitCode).toBe(0);
    }),
    { numRuns: 100 },
  );
});
