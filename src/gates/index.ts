/** Every gate, in the order in which they are judged and listed. A new gate: one file, and one line here. */
import type { Gate } from '../ports/gate.ts';
import { maxGate, minGate } from './bound.ts';

/** The gates. */
export const GATES: readonly Gate[] = [minGate, maxGate];
