import { expect, test } from 'vitest';
import { DEFAULT_POLICY, type Policy } from '../../../src/domain/policy.ts';
import { findWeakQuorums } from '../../../src/domain/weak-quorum.ts';

test('a quorum is weak that counts unsigned approvals; what asks for none is no quorum', () => {
  const policy: Policy = {
    ...DEFAULT_POLICY,
    approvals: { production: { count: 2 }, staging: { count: 1, signed: true }, rollback: { count: 0 } },
    models: {
      strict: { approvals: { production: { count: 2, signed: true } } },
      own: { approvals: { rollback: { count: 1 } } },
      plain: {},
    },
  };
  expect(findWeakQuorums(policy)).toEqual([
    { model: null, target: 'production', count: 2 },
    { model: 'own', target: 'rollback', count: 1 },
  ]);
  expect(findWeakQuorums(DEFAULT_POLICY)).toEqual([]);
});
