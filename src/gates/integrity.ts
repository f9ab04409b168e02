/** `integrity`: the bytes that are here are the registered ones. */
import { clipped, listed } from '../domain/quoted.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';

/**
 * `integrity: true`: every file is hashed again. What is not in the cache is not fetched for it: a rollback must work where
 * the weights remote does not. So it depends on this machine, and is of the moment.
 */
export const integrityGate: Gate = {
  name: 'integrity',
  says: 'integrity: true: every file that is here is hashed again',
  basis: 'moment',
  isAsked: ({ integrity }) => integrity === true,
  judge: async (_rules, inputs) => [await judgeBytes(inputs)],
};

async function judgeBytes(inputs: GateInputs): Promise<GateVerdict> {
  const { damaged, absent } = await inputs.findDamaged(inputs.candidate);
  const count = inputs.candidate.manifest.files.length;
  const unjudged = absent.length === 0 ? '' : `; ${absent.length} of ${count} not judged, their bytes are not here`;
  const base = { gate: 'integrity', value: String(damaged.length), threshold: '0' };
  if (damaged.length > 0)
    return { ...base, method: `damaged: ${clipped(listed(damaged), 400)}${unjudged}`, outcome: 'fail' };
  return {
    ...base,
    method: `damaged files among ${count - absent.length} that were hashed${unjudged}`,
    outcome: 'pass',
  };
}
