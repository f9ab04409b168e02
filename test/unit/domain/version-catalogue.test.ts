import { expect, test } from 'vitest';
import { isVersion, parseVersion } from '../../../src/domain/version.ts';
import { faultOf } from '../../support/fault-of.ts';

test.each([
  ['B66', '1.0'],
  ['B66', '01.0.0'],
  ['B66', '1.0.0-01'],
  ['B66', '１.0.0'],
  ['B66', '1.0.0 '],
  ['B66', '1.0.0\n'],
  ['B66', 'V1.0.0'],
  ['B66', 'vv1.0.0'],
  ['B66', ''],
  ['B67', '1.0.0-x.lock'],
  ['B68', '1.0.0+a'],
  ['B69', '1.0.0-RC1'],
  ['B70', `1.0.0-${'a'.repeat(64)}`],
  ['B70', '9007199254740992.0.0'],
])('%s the version %j is refused', (_, text) => {
  expect(faultOf(() => parseVersion(text)).code).toBe('bad-version');
  expect(isVersion(text)).toBe(false);
});

test('B66 a leading v may be left out, and is always stored', () => {
  expect(parseVersion('1.0.0-rc.1')).toBe('v1.0.0-rc.1');
  expect(isVersion('1.0.0')).toBe(false);
});
