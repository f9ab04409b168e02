/** `format`: what the weights are, by their first bytes; a name proves nothing. */

import type { ManifestFile } from '../domain/manifest.ts';
import { clipped } from '../domain/quoted.ts';
import { detectFormat, FORMAT_HEAD_BYTES, RUNS_CODE, type WeightsFormat } from '../domain/weights-format.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';

/** `format: {require}`: every weights file; and no other file may be one that runs code, whatever its name. */
export const formatGate: Gate = {
  name: 'format',
  says: 'format: {require: safetensors}: by the content of every weights file',
  basis: 'content',
  isAsked: ({ format }) => format !== undefined,
  judge: async ({ format }, inputs) => (format === undefined ? [] : judgeFormats(format.require.toLowerCase(), inputs)),
};

async function judgeFormats(threshold: string, inputs: GateInputs): Promise<readonly GateVerdict[]> {
  const { files } = inputs.candidate.manifest;
  const weights = files.filter(({ role }) => role === 'weights');
  const base = { gate: 'format', threshold };
  if (weights.length === 0) return [{ ...base, method: 'the bundle has no weights file', outcome: 'fail' }];
  const failed: GateVerdict[] = [];
  for (const file of [...weights, ...files.filter(({ role }) => role === 'other')]) {
    const value = await formatOf(file, inputs);
    const isRefused = file.role === 'weights' ? value !== threshold : RUNS_CODE.includes(value) && value !== threshold;
    if (isRefused) failed.push({ ...base, value, method: `content of ${clipped(file.path)}`, outcome: 'fail' });
  }
  if (failed.length > 0) return failed;
  return [{ ...base, value: threshold, method: `content of ${weights.length} weights files`, outcome: 'pass' }];
}

async function formatOf({ path, bytes }: ManifestFile, inputs: GateInputs): Promise<WeightsFormat> {
  const head = await inputs.readHead(inputs.candidate, path, FORMAT_HEAD_BYTES);
  return detectFormat(head ?? new Uint8Array(), path, bytes);
}
