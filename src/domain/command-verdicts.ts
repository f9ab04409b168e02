/** What a gate's command says: verdicts in JSON, or its exit code alone. Whatever is neither fails, and says so. */
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from './canonical-json.ts';
import { RegistryError } from './errors.ts';
import type { ReportedVerdict } from './gate-report.ts';
import { clipped } from './quoted.ts';
import { encodeUtf8 } from './utf8.ts';

const GATE = 'exec';

/** Most verdicts of one command. */
const MAX_VERDICTS = 64;

/**
 * Reads what a command printed: `{outcome: pass|fail|escalate, metric?, value?, threshold?, method?}` or an array of these.
 * Without output exit code 0 passes and 1 fails. Exit codes beyond 1 are faults.
 */
export function readCommandVerdicts(command: string, stdout: string, exitCode: number): readonly ReportedVerdict[] {
  const name = clipped(command, 80);
  const fault = (what: string): readonly ReportedVerdict[] => [
    { gate: GATE, method: `${name}: ${what}, which is no verdict`, outcome: 'fail' },
  ];
  if (exitCode > 1) return fault(`exit code ${exitCode}`);
  const byCode: ReportedVerdict = {
    gate: GATE,
    method: `${name}: exit code ${exitCode}`,
    outcome: exitCode === 0 ? 'pass' : 'fail',
  };
  if (stdout.trim() === '') return [byCode];
  const said = parseOutput(stdout);
  const verdicts = said === undefined ? [] : isJsonArray(said) ? said : [said];
  if (verdicts.length === 0 || verdicts.length > MAX_VERDICTS) return fault(`it printed ${describe(said)}`);
  const read = verdicts.map((verdict) => readVerdict(verdict, name));
  const good = read.filter((verdict) => verdict !== undefined);
  if (good.length < read.length) return fault('a member is missing, unknown or of another type in what it printed');
  // Its two answers must not contradict each other.
  return exitCode === 1 && good.every(({ outcome }) => outcome === 'pass') ? [...good, byCode] : good;
}

function parseOutput(stdout: string): JsonValue | undefined {
  try {
    return parseJson(encodeUtf8(stdout), 'stdout');
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-json') return undefined;
    throw error;
  }
}

function describe(said: JsonValue | undefined): string {
  if (said === undefined) return 'what is no JSON';
  return isJsonArray(said) ? `${said.length} verdicts` : 'another value';
}

const OUTCOMES = ['pass', 'fail', 'escalate'] as const;
const TEXTS = ['metric', 'value', 'threshold', 'method'] as const;

function readVerdict(value: JsonValue, name: string): ReportedVerdict | undefined {
  if (!isJsonObject(value)) return undefined;
  const outcome = OUTCOMES.find((known) => known === value.get('outcome'));
  const known: readonly string[] = ['outcome', ...TEXTS];
  if (outcome === undefined || [...value.keys()].some((key) => !known.includes(key))) return undefined;
  const texts = TEXTS.map((key) => [key, textOf(value, key)] as const);
  if (texts.some(([, text]) => text === null)) return undefined;
  const { method, ...members } = Object.fromEntries(texts.filter(([, text]) => text !== undefined)) as Partial<
    Record<(typeof TEXTS)[number], string>
  >;
  return { gate: GATE, ...members, method: method === undefined ? name : `${name}: ${method}`, outcome };
}

/** Numbers keep their digits; null is a value of another type. */
function textOf(verdict: JsonObject, key: string): string | null | undefined {
  const value = verdict.get(key);
  if (value === undefined) return undefined;
  if (isJsonNumber(value)) return clipped(value.text);
  return typeof value === 'string' ? clipped(value) : null;
}
