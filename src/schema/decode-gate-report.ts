/** Reading a gate report from a file of evidence: canonical, by its schema, and its policy's digest recomputes. */
import { sha256Of } from '../domain/digest.ts';
import { type Document, decodeDocument, encodeDocument } from '../domain/document-json.ts';
import type { GateReport } from '../domain/gate-report.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import { gateReport } from './compiled/gate-report.js';
import { type Validation, validate } from './validate.ts';

/** A report, or why the bytes are none. */
export type DecodedGateReport =
  | { readonly kind: 'report'; readonly report: GateReport }
  | { readonly kind: 'invalid'; readonly message: string };

/** Tells whether a value is a gate report, by `gate-report.schema.json`. */
export function validateGateReport(value: unknown): Validation {
  return validate(gateReport, value);
}

/** Decodes. */
export function decodeGateReport(bytes: Uint8Array): DecodedGateReport {
  const text = decodeUtf8(bytes);
  const value = text === undefined ? undefined : decodeDocument(text);
  if (value === undefined) return { kind: 'invalid', message: 'it is no canonical JSON' };
  const checked = validateGateReport(value);
  if (checked.kind === 'invalid') return { kind: 'invalid', message: `${checked.pointer || '/'} ${checked.message}` };
  // SAFETY: the schema has just been checked.
  const report = value as GateReport;
  if (sha256Of(encodeDocument(report.rules as unknown as Document)) !== report.policy)
    return { kind: 'invalid', message: 'its policy is not the digest of its rules' };
  return { kind: 'report', report };
}
