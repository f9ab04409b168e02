/** `exec`: a command of the repository's own decides. */
import { encodeJson, type JsonValue } from '../domain/canonical-json.ts';
import { readCommandVerdicts } from '../domain/command-verdicts.ts';
import { durationOf } from '../domain/duration.ts';
import { flattenMetrics } from '../domain/metrics.ts';
import type { GateRules } from '../domain/policy.ts';
import { clipped } from '../domain/quoted.ts';
import type { Gate, GateInputs, GateVerdict, JudgedEntry } from '../ports/gate.ts';

const DEFAULT_TIMEOUT = '60s';

/** `exec: {command, timeout}`: JSON in, verdicts or an exit code out. Never replayed. */
export const execGate: Gate = {
  name: 'exec',
  says: 'exec: {command: ./gate.sh, timeout: 60s}: run where registry.allowExec has the digest of registry.yaml',
  basis: 'command',
  isAsked: ({ exec }) => exec !== undefined,
  judge: async ({ exec }, inputs) => (exec === undefined ? [] : judgeByCommand(exec, inputs)),
};

async function judgeByCommand(
  { command, timeout = DEFAULT_TIMEOUT }: NonNullable<GateRules['exec']>,
  inputs: GateInputs,
): Promise<readonly GateVerdict[]> {
  const fail = (why: string): readonly GateVerdict[] => [
    { gate: 'exec', method: `${clipped(command, 80)}: ${why}`, outcome: 'fail' },
  ];
  const milliseconds = durationOf(timeout);
  if (milliseconds === undefined) return fail('timeout is no time such as 60s');
  const refusal = await inputs.explainRefusal(command);
  if (refusal !== undefined) return fail(refusal);
  const end = await inputs.runCommand(command, `${encodeJson(await describeMove(inputs))}\n`, milliseconds);
  if (end.kind === 'timed-out') return fail(`killed after ${timeout}, which is no verdict`);
  if (end.kind === 'not-started') return fail(`not started: ${end.why}`);
  return readCommandVerdicts(command, end.stdout ?? '', end.exitCode);
}

async function describeMove(inputs: GateInputs): Promise<JsonValue> {
  const { candidate, model, to, at } = inputs;
  const baseline = await inputs.findEntry(to);
  return object({
    v: number(1),
    model,
    to,
    at,
    ...(await describeEntry(candidate, inputs)),
    baseline: baseline === undefined ? null : object(await describeEntry(baseline, inputs)),
  });
}

async function describeEntry(entry: JudgedEntry, inputs: GateInputs): Promise<Readonly<Record<string, JsonValue>>> {
  const { sha256, state, manifest } = entry;
  const report = await inputs.readJson(entry, 'eval_report.json');
  const files = await Promise.all(
    manifest.files.map(async (file) =>
      object({
        path: file.path,
        role: file.role,
        bytes: number(file.bytes),
        sha256: file.sha256,
        // Not verified: who reads it hashes it. Files in git are read by `git cat-file blob OBJECT`.
        file: (await inputs.findPath(entry, file.path)) ?? null,
        object: file.store === 'git' ? `${entry.commit}:bundle/${file.path}` : null,
      }),
    ),
  );
  return {
    sha256,
    versions: state.versions,
    description: state.description ?? null,
    annotations: object(state.annotations),
    metrics: new Map(flattenMetrics(report ?? null).map(({ name, value }) => [name, number(value)])),
    files,
  };
}

function object(members: Readonly<Record<string, JsonValue>>): JsonValue {
  return new Map(Object.entries(members));
}

function number(value: number | string): JsonValue {
  return { kind: 'number', text: String(value) };
}
