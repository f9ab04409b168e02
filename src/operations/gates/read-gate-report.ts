/** The gate report among an event's evidence (ADR 9). */
import { decodeDocument } from '../../domain/document-json.ts';
import { encodeGateReport, type GateReport } from '../../domain/gate-report.ts';
import { decodeUtf8 } from '../../domain/utf8.ts';

const MEMBERS = ['inputs', 'model', 'policy', 'sha256', 'to', 'v', 'verdicts'];

/** Reads bytes as a report; undefined where they are none, or not in the form in which its digest is taken. */
export function readGateReport(bytes: Uint8Array): GateReport | undefined {
  const text = decodeUtf8(bytes);
  const value = text === undefined ? undefined : decodeDocument(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const report = value as GateReport;
  const hasAll = MEMBERS.every((member) => Object.hasOwn(report, member));
  if (!hasAll || report.v !== 1 || !isVerdicts(report.verdicts) || !isInputs(report.inputs)) return undefined;
  if (report.moment !== undefined && !isVerdicts(report.moment.verdicts)) return undefined;
  if (report.extra !== undefined && !isVerdicts(report.extra.verdicts)) return undefined;
  return encodeGateReport(report) === text ? report : undefined;
}

function isVerdicts(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const texts = ['gate', 'method', 'outcome'];
  return value.every((it: unknown) => isRecord(it) && texts.every((member) => typeof it[member] === 'string'));
}

function isInputs(value: unknown): boolean {
  return Array.isArray(value) && value.every((it: unknown) => isRecord(it) && typeof it['name'] === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
