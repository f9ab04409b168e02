import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256Of } from '../../src/domain/digest.ts';
import { canonicalSha } from '../../src/domain/identity.ts';
import { decodeManifest, encodeManifest } from '../../src/domain/manifest.ts';
import { manifestOf, type SourceBundle } from '../support/manifest-of.ts';

const shas = fc
  .uniqueArray(fc.nat({ max: 50 }), { maxLength: 8 })
  .map((numbers) => numbers.map((number) => sha256Of(`${number}`)));
const bundles: fc.Arbitrary<SourceBundle> = fc
  .record({
    ancestors: shas,
    split: fc.nat({ max: 8 }),
    names: fc.uniqueArray(fc.constantFrom('a.bin', 'b/c.json', 'é.txt', '😀', 'model.safetensors', '\uff21', 'a-b'), {
      minLength: 1,
    }),
    bytes: fc.uint8Array({ maxLength: 20 }),
  })
  .map(({ ancestors, split, names, bytes }) => ({
    profile: 'files/1',
    parents: ancestors.slice(0, split),
    inputs: ancestors.slice(split),
    files: new Map(names.map((name, at) => [name, bytes.subarray(at)])),
  }));

test('a manifest survives encoding, and its SHA recomputes', () => {
  fc.assert(
    fc.property(bundles, (bundle) => {
      const { manifest } = manifestOf(bundle);
      const decoded = decodeManifest(encodeManifest(manifest));
      expect(decoded).toEqual(manifest);
      expect(canonicalSha(decoded)).toBe(manifest.sha256);
    }),
  );
});

test('the order in which files and inputs are given changes nothing', () => {
  fc.assert(
    fc.property(bundles, (bundle) => {
      const reversed = { ...bundle, inputs: [...bundle.inputs].reverse(), files: new Map([...bundle.files].reverse()) };
      expect(manifestOf(reversed).manifest).toEqual(manifestOf(bundle).manifest);
    }),
  );
});
