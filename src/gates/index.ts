/** Every gate, in the order in which they are judged and listed. A new gate: one file, and one line here. */
import type { Gate } from '../ports/gate.ts';
import { maxGate, minGate } from './bound.ts';
import { driftGate } from './drift.ts';
import { escalateAtGate } from './escalate-at.ts';
import { evalSetGate } from './eval-set.ts';
import { improveGate } from './improve.ts';
import { latencyGate } from './latency.ts';
import { requireDriftCheckGate } from './require-drift-check.ts';

/** The gates. */
export const GATES: readonly Gate[] = [
  minGate,
  maxGate,
  requireDriftCheckGate,
  improveGate,
  driftGate,
  escalateAtGate,
  evalSetGate,
  latencyGate,
];
