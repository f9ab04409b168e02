/** Every gate, in the order in which they are judged and listed. A new gate: one file, and one line here. */
import type { Gate } from '../ports/gate.ts';
import { maxGate, minGate } from './bound.ts';
import { driftGate } from './drift.ts';
import { escalateAtGate } from './escalate-at.ts';
import { evalSetGate } from './eval-set.ts';
import { execGate } from './exec.ts';
import { formatGate } from './format.ts';
import { freshGate } from './fresh.ts';
import { improveGate } from './improve.ts';
import { integrityGate } from './integrity.ts';
import { latencyGate } from './latency.ts';
import { licenseGate } from './license.ts';
import { lineageGate } from './lineage.ts';
import { metadataGate } from './metadata.ts';
import { privacyGate } from './privacy.ts';
import { requireDriftCheckGate } from './require-drift-check.ts';
import { signatureGate } from './signature.ts';

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
  metadataGate,
  signatureGate,
  formatGate,
  freshGate,
  lineageGate,
  licenseGate,
  privacyGate,
  integrityGate,
  execGate,
];
